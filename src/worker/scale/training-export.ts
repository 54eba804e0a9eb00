/**
 * "Export for training at scale": a run as one zip whose folder holds its tasks, reward, prompts, tools and adapter,
 * and ready configurations for Trinity-RFT and TRL. The same run and counts give the same bytes. Loaded when asked for.
 */
import { BUNDLED_SYSTEM_PROMPT, instructionPrompt } from '../../agent/prompts';
import { TOOL_SCHEMAS } from '../../agent/tool-schemas';
import { writeZip } from '../../memory/exchange/zip-file';
import type { Task } from '../../tasks/task';
import type { SetTasks } from '../own/task-source';
import type { SavedRun } from '../run-checkpoint';
import { adapterFiles } from '../runs/adapter-files';
import type { RunModel } from '../runs/run-zip';
import { environmentMethods } from './environment-methods';
import { exportReadme, type ReadmeFacts, trinityReadme, trlReadme } from './export-readmes';
import { exportTasks, type TaskCounts } from './export-tasks';
import episodePython from './python/agemem_episode.py?raw';
import rulesPython from './python/agemem_rules.py?raw';
import workflowPython from './python/agemem_workflow.py?raw';
import environmentPython from './python/environment.py?raw';
import rewardsPython from './python/rewards.py?raw';
import trainPython from './python/train.py?raw';
import { pythonReward, type RewardSettings, rewardSettings } from './reward-settings';
import { TRINITY, trinityConfig, trinityContinuation } from './trinity-config';
import { TRL, trlConfig } from './trl-config';
import { writeYaml } from './yaml';

export interface TrainingExport {
  readonly zip: Uint8Array;
  /** Tasks in it. */
  readonly train: number;
  readonly heldOut: number;
}

type Texts = Readonly<Record<string, string>>;

/**
 * @param set both parts of the user's own set; null: tasks are made up by the run's seed
 * @param folder all files lie below it
 * @throws LabRefusal `scale-count`
 */
export function writeTrainingExport(
  { config, base }: RunModel,
  run: SavedRun,
  set: SetTasks | null,
  counts: TaskCounts,
  folder: string,
): TrainingExport {
  const tasks = exportTasks(run, set, counts);
  const reward = rewardSettings(run.config);
  const identity = { name: base().name, fingerprint: run.base };
  const facts: ReadmeFacts = {
    folder,
    base: identity,
    train: tasks.train.length,
    heldOut: tasks.heldOut.length,
    source: set ? 'of a set of the user’s own' : `made up by the run's seed ${run.settings.seed}`,
    steps: run.nextStep,
    reward,
  };
  const texts: Texts = {
    'README.md': exportReadme(facts),
    'tasks/train.jsonl': jsonLines(tasks.train),
    'tasks/held-out.jsonl': jsonLines(tasks.heldOut),
    'reward.json': json(reward),
    'prompts/instruction.txt': instructionPrompt(),
    'prompts/bundled.txt': BUNDLED_SYSTEM_PROMPT,
    'prompts/tool-agent.txt': TOOL_AGENT_PROMPT,
    'tools/openai.json': json(Object.values(TOOL_SCHEMAS)),
    ...trinityFiles(run, tasks, reward),
    ...trlFiles(run, tasks, reward),
    'trinity/README.md': trinityReadme(facts),
    'trl/README.md': trlReadme(facts),
  };
  const adapter = Object.entries(adapterFiles(config, run.config.lora, run.adapter, identity));
  const files = [
    ...Object.entries(texts).map(([name, text]) => [name, new TextEncoder().encode(text)] as const),
    ...adapter.map(([name, bytes]) => [`adapter/${name}`, bytes] as const),
  ];
  const zip = writeZip(Object.fromEntries(files.map(([name, bytes]) => [`${folder}/${name}`, bytes])));
  return { zip, train: tasks.train.length, heldOut: tasks.heldOut.length };
}

/** Where the tools come by the chat template, protocol and schemas need no words. */
const TOOL_AGENT_PROMPT = [
  'You are an assistant that manages its own memory.',
  'What the user told you earlier is not in this conversation; your long-term memory holds it. Look there before you answer,',
  'correct entries that are out of date, and pay no heed to what is off the subject.',
  'End with the answer alone, as short as it can be.',
].join('\n');

function trinityFiles({ config }: SavedRun, tasks: SetTasks, reward: RewardSettings): Texts {
  const plan = {
    config,
    stepsPerRollout: Math.ceil(mean(tasks.train.map(callsOf))),
    heldOut: tasks.heldOut.length,
  };
  const remarks = [
    `Written for ${TRINITY.name} ${TRINITY.version}, commit ${TRINITY.commit}. See README.md.`,
  ];
  return {
    'trinity/step_wise_grpo.yaml': writeYaml(trinityConfig(plan), remarks),
    'trinity/continue_adapter.yaml': writeYaml(trinityContinuation(plan), remarks),
    // A file of plug-ins is loaded alone, so what it needs is in it.
    'trinity/plugins/agemem_workflow.py': [
      filled(rulesPython, reward),
      withoutOwnImports(episodePython),
      workflowPython,
    ].join('\n\n'),
    'trinity/tasks/train.jsonl': jsonLines(tasks.train.map(trinityRow)),
    'trinity/tasks/test.jsonl': jsonLines(tasks.heldOut.map(trinityRow)),
  };
}

function trlFiles({ config }: SavedRun, tasks: SetTasks, reward: RewardSettings): Texts {
  const remarks = [`Written for ${TRL.name} ${TRL.version}, commit ${TRL.commit}. See README.md.`];
  return {
    'trl/grpo.yaml': writeYaml(trlConfig(config, tasks.heldOut.length), remarks),
    'trl/train.py': trainPython,
    'trl/rewards.py': rewardsPython,
    'trl/environment.py': environmentPython.replace('#@METHODS@', () => environmentMethods()),
    'trl/agemem_episode.py': episodePython,
    'trl/agemem_rules.py': filled(rulesPython, reward),
  };
}

/** A message a call, and at least one to look up and one to answer. */
const callsOf = ({ messages, distractors }: Task) => messages.length + distractors.length + 2;

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Columns of one type each, which is all that Arrow infers safely; the task itself is JSON in one of them. */
const trinityRow = (task: Task) => ({
  id: task.id,
  question: task.query,
  answer: task.answers[0],
  task: JSON.stringify(task),
});

/** `agemem_rules.py` with weights and tools: a JSON text in quotes is a Python text in quotes. */
export function filled(python: string, reward: RewardSettings): string {
  const text = (value: unknown) => JSON.stringify(JSON.stringify(value));
  return python
    .replace('"@REWARD@"', () => text(pythonReward(reward)))
    .replace('"@TOOLS@"', () => text(Object.values(TOOL_SCHEMAS)));
}

const withoutOwnImports = (python: string) => python.replace(/^from agemem_\w+ import .*\n/gm, '');

const jsonLines = (rows: readonly unknown[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
