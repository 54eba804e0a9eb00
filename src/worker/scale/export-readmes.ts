/** What the folder is, and the exact commands: a README at its top and one for each trainer. */
import { ADAPTER_CONFIG_FILE, ADAPTER_WEIGHTS_FILE } from '../../engine/model/peft';
import type { RewardSettings } from './reward-settings';
import { LARGE_LR, TRINITY } from './trinity-config';
import { TRL } from './trl-config';

export interface ReadmeFacts {
  /** The folder's name. */
  readonly folder: string;
  readonly base: { readonly name: string | null; readonly fingerprint: string | null };
  readonly train: number;
  readonly heldOut: number;
  /** What was trained on, in words. */
  readonly source: string;
  readonly steps: number;
  readonly reward: RewardSettings;
}

const lines = (...text: readonly string[]) => `${text.join('\n')}\n`;

const pinned = ({ name, version, commit, repository }: typeof TRL | typeof TRINITY) =>
  `${name} ${version} (https://${repository}, commit \`${commit}\`)`;

export function exportReadme({ folder, base, train, heldOut, source, steps }: ReadmeFacts): string {
  return lines(
    `# ${folder}`,
    '',
    'What a run of AgeMem Lab was trained with, for engines that train larger models on larger machines.',
    '',
    '| here | what it is |',
    '| --- | --- |',
    `| \`tasks/train.jsonl\` | ${train} training tasks, one a line: ${source} |`,
    `| \`tasks/held-out.jsonl\` | ${heldOut} tasks to measure on, none of them trained on |`,
    '| `reward.json` | weights, every part with its rule and its numbers, and which parts each trainer below pays |',
    '| `prompts/instruction.txt` | system prompt that spells out protocol and tools, for models never trained on them |',
    '| `prompts/bundled.txt` | the one line the bundled policy knows |',
    '| `prompts/tool-agent.txt` | for models that are given the tools by their chat template |',
    '| `tools/openai.json` | the six tools as OpenAI functions |',
    `| \`adapter/\` | the LoRA adapter as PEFT has it; GRPO steps it was trained here: ${steps} |`,
    `| \`trinity/\` | step-wise GRPO, all three stages; for ${pinned(TRINITY)} |`,
    `| \`trl/\` | \`GRPOTrainer\` with memory as an environment; for ${pinned(TRL)} |`,
    '',
    'A task has `messages` (stage 1, one after the other; then the context is emptied), `distractors` (stage 2), `query` and',
    '`answers` (stage 3), and gold data that is never shown: `facts` with their current and superseded values,',
    '`neededFactIds`, `keyItems`.',
    '',
    `The adapter belongs to the base "${base.name ?? 'without a name'}", fingerprint \`${base.fingerprint ?? 'unknown'}\`, and to no other.`,
    '',
    '## The way back',
    '',
    `An adapter trained elsewhere comes into the lab's list of runs by "Import a PEFT adapter": choose its \`${ADAPTER_CONFIG_FILE}\``,
    `and \`${ADAPTER_WEIGHTS_FILE}\`, or a zip of the two without folders. It has to be plain LoRA on the linear layers of the model that`,
    'is open there; any rank and targets will do. One of another model is refused, and the message says what does not fit.',
    '',
    'These files were checked against the documented fields of both projects, and the formulas in Python against those of the lab.',
    'They were not run on a GPU by the lab: read the first steps before you leave a machine alone with them.',
  );
}

/** What both Python trainings lack. */
function leftBehind({ parts }: RewardSettings, by: 'trinity' | 'trl'): readonly string[] {
  return [
    `Paid here: ${listed(parts.filter((part) => part[by]))}. Not carried over, because they need the lab's engine: ${listed(parts.filter((part) => !part[by]))}.`,
    'The rules of all of them are in `../reward.json`; what is not paid counts nothing, and the weights of the others stay.',
  ];
}

const listed = (parts: RewardSettings['parts']) => parts.map(({ name }) => name).join(', ');

export function trinityReadme({ reward, folder }: ReadmeFacts): string {
  return lines(
    '# Trinity-RFT, step-wise GRPO',
    '',
    `Written for ${pinned(TRINITY)}. Two GPUs: one plays, one trains.`,
    '',
    '```',
    `git clone https://${TRINITY.repository} && git -C Trinity-RFT checkout ${TRINITY.commit}`,
    'pip install -e "./Trinity-RFT[vllm,flash_attn]"',
    `cd ${folder}/trinity`,
    'export AGEMEM_EXPORT="$(cd .. && pwd)"',
    'ray start --head',
    'trinity run --config step_wise_grpo.yaml --plugin-dir "$AGEMEM_EXPORT/trinity/plugins"',
    '```',
    '',
    `\`step_wise_grpo.yaml\` trains a new adapter of the run's rank on \`TRINITY_MODEL_PATH\` (Qwen/Qwen2.5-7B-Instruct), at a rate of ${LARGE_LR}:`,
    "that of the run is for a policy of under a million parameters. Group size, tasks a step, steps, KL, clipping and AdamW are the run's.",
    '',
    '`continue_adapter.yaml` goes on with `../adapter` on its own base. Copy `config.json`, `model.safetensors`, `tokenizer.json` and',
    "`tokenizer_config.json` of the lab's `policy/` folder into `../base` first, and give that file to `--config` in place of the other.",
    'Whether vLLM serves a model that small was not tried.',
    '',
    '`plugins/agemem_workflow.py` plays the three stages: a message a step, the context emptied between stages 1 and 2, long-term',
    'memory kept. Each step is an experience of its own and gets the reward of its rollout.',
    '',
    ...leftBehind(reward, 'trinity'),
    "Memory is searched by runs of three letters in place of the lab's embedder, and summaries keep whole sentences by their length;",
    'other names of tools and arguments that the lab tolerates are not read. The rank-stabilised scale of LoRA has no field there.',
    '',
    "What comes out: the adapter in PEFT's two files below `checkpoints/AgeMem`; `find checkpoints -name adapter_config.json` shows where.",
  );
}

export function trlReadme({ reward, folder }: ReadmeFacts): string {
  return lines(
    '# TRL, GRPOTrainer',
    '',
    `Written for ${pinned(TRL)} with transformers ${TRL.transformers} or newer.`,
    '',
    '```',
    `pip install "trl[peft]==${TRL.version}" "transformers>=${TRL.transformers}" jmespath`,
    `cd ${folder}/trl`,
    'accelerate launch train.py --config grpo.yaml',
    '```',
    '',
    "Another model: `--model_name_or_path Qwen/Qwen3-4B`. It needs a chat template that knows tools, which the lab's bundled policy",
    'has not: its own adapter is gone on with by Trinity-RFT. An adapter of the same base: `--adapter FOLDER`.',
    '',
    'A context of TRL grows and is never emptied, so stage 1 is not played here. Memory begins as a good stage 1 leaves it (every fact',
    'worth keeping, with its current value), the distractors and the question are the prompt, and the model looks up, corrects and',
    'answers by the four tools of long-term memory (`environment.py`). Summary_context and Filter_context have no place in it.',
    '',
    `The rate is ${LARGE_LR}; that of the run is for a policy of under a million parameters. Group size, tasks a step, updates, loss,`,
    "KL, clipping and AdamW are the run's; advantages are those of TRL.",
    '',
    ...leftBehind(reward, 'trl'),
    '',
    "What comes out: the adapter in PEFT's files in `out/`.",
  );
}
