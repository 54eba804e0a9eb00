"""GRPO with TRL on the tasks of this folder: python train.py --config grpo.yaml"""
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Optional

from datasets import Dataset
from environment import AgeMemEnvironment
from rewards import answer_reward, malformed_penalty
from transformers import AutoModelForCausalLM
from trl import GRPOConfig, GRPOTrainer, ModelConfig, TrlParser, get_peft_config

HERE = Path(__file__).resolve().parent


@dataclass
class AgeMemArguments:
    adapter: Optional[str] = field(
        default=None,
        metadata={"help": "Folder of a PEFT adapter of the same base to go on from. Default: a new one."},
    )


def rows_of(name):
    """Stage 2 and the question. Stage 1 is not played: one context cannot be emptied in the middle of a completion."""
    system = (HERE / "../prompts/tool-agent.txt").read_text(encoding="utf-8")
    rows = []
    for line in (HERE / "../tasks" / name).read_text(encoding="utf-8").splitlines():
        task = json.loads(line)
        said = "\n".join([message["content"] for message in task["distractors"]] + [task["query"]])
        prompt = [{"role": "system", "content": system}, {"role": "user", "content": said}]
        rows.append({"prompt": prompt, "task": line})
    return Dataset.from_list(rows) if rows else None


def main():
    own, training, model_args = TrlParser((AgeMemArguments, GRPOConfig, ModelConfig)).parse_args_and_config()
    training.chat_template_kwargs = {"enable_thinking": False}
    model, peft_config = model_args.model_name_or_path, get_peft_config(model_args)
    if own.adapter is not None:
        from peft import PeftModel

        base = AutoModelForCausalLM.from_pretrained(model, dtype=model_args.dtype)
        model, peft_config = PeftModel.from_pretrained(base, own.adapter, is_trainable=True), None
    held_out = rows_of("held-out.jsonl")
    if held_out is None:
        training.eval_strategy = "no"
    trainer = GRPOTrainer(
        model=model,
        args=training,
        reward_funcs=[answer_reward, malformed_penalty],
        train_dataset=rows_of("train.jsonl"),
        eval_dataset=held_out,
        peft_config=peft_config,
        environment_factory=AgeMemEnvironment,
    )
    trainer.train()
    trainer.save_model(training.output_dir)


if __name__ == "__main__":
    main()
