"""The lab's three stages as a workflow of Trinity-RFT; what it uses stands above it in the same file."""
from trinity.common.workflows import WORKFLOWS
from trinity.common.workflows.step_wise_workflow import RewardPropagationWorkflow


@WORKFLOWS.register_module("agemem_workflow")
class AgeMemWorkflow(RewardPropagationWorkflow):
    """Three stages, a policy call a step; every step of a rollout gets the reward of the rollout."""

    def __init__(self, *, task, model, auxiliary_models=None, use_openai_client=False):
        super().__init__(
            task=task, model=model, auxiliary_models=auxiliary_models, use_openai_client=use_openai_client
        )
        self.episode = Episode(json.loads(task.raw_task["task"]), task.workflow_args)

    def step(self, step_num):
        responses = self.model.chat(self.episode.prompt())
        self.episode.take(responses[0].response_text)
        return not self.episode.done

    def reward(self, exps):
        if exps:
            metrics = exps[-1].metrics or {}
            exps[-1].metrics = {**metrics, **{f"agemem/{k}": v for k, v in self.episode.parts().items()}}
        return self.episode.reward()

    @property
    def max_step_num(self):
        hard = [max(limit, self.episode.max_rounds + 1) for limit in self.task.workflow_args["hard_rounds"]]
        return sum(hard)
