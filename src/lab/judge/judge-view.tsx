/** The judge, loaded when it is asked for: who judges and how, the episode on view, agreement, what a model writes. */
import '../styles/judge.css';
import { useState } from 'react';
import type {
  AgreementPlayer,
  AgreementRun,
  JudgedRun,
  JudgeSetting,
  WrittenDistractors,
} from '../../worker/judge-protocol';
import type { AdapterChoice, EventLog, GroupRun, Ready, RewardBreakdown, Task } from '../../worker/protocol';
import { count } from '../figures';
import { say, sayEach } from '../language/language';
import { useAdapterNames } from '../shell/adapter-names';
import { Choice, NumberField } from '../shell/fields';
import type { JudgeLine, Writer } from '../state/judge-line';
import { AgreementView } from './agreement-view';
import { PLAYERS, PROMPTS } from './judge-words';
import { JudgementView } from './judgement-view';
import { WritersView } from './writers-view';

/** An episode that is over. */
export interface JudgeableEpisode {
  readonly task: Task;
  readonly log: EventLog;
  readonly reward: RewardBreakdown;
}

export interface JudgeProps {
  readonly ready: Ready | null;
  /** Null until it is over. */
  readonly episode: JudgeableEpisode | null;
  readonly group: Pick<GroupRun, 'task' | 'rollouts'> | null;
  /** Of the episode on view as far as it has come. */
  readonly log: EventLog;
  /** What a model wrote for the episode on view; null: nothing. */
  readonly written: WrittenDistractors | null;
  readonly writers: { readonly summaries: Writer; readonly distractors: Writer };
  /** An adapter was trained in this tab. */
  readonly trained: boolean;
  readonly blocked: boolean;
  /** Of a call of this panel. */
  readonly progress: { readonly finished: number; readonly total: number } | null;
  /** Which call of this panel is under way. */
  readonly running: 'judgeEpisode' | 'judgeAgreement' | null;
  readonly line: JudgeLine;
}

/** Below this many parameters a model is unlikely to follow a judge's prompt. */
const SMALL = 50_000_000;
const MOST_EPISODES = 64;

export default function JudgeView(props: JudgeProps) {
  const { ready, episode, group, blocked, line } = props;
  const [setting, set] = useState<JudgeSetting>({ by: 'none', prompts: 'fitting', constrained: false });
  const [player, playedBy] = useState<AgreementPlayer>('demonstrator');
  const [episodes, setEpisodes] = useState(16);
  const [which, choose] = useState('episode');
  const [judged, show] = useState<{ readonly log: EventLog; readonly run: JudgedRun } | null>(null);
  const [agreement, measure] = useState<AgreementRun | null>(null);
  const model = ready?.model;
  const names = useAdapterNames();
  const holdable = model?.can.constrain ?? false;
  const constrained = setting.constrained && holdable;
  const rollout = group?.rollouts.find(({ k }) => String(k) === which);
  const chosen = group && rollout ? { ...rollout, task: group.task } : episode;
  const judge = async () => {
    if (!chosen) return;
    const { task, log, reward } = chosen;
    const run = await line.judge({ ...setting, constrained, task, log, weights: reward.weights });
    if (run) show({ log, run });
  };
  const agree = async () => {
    const run = await line.agreement({ ...setting, constrained, player, episodes });
    if (run) measure(run);
  };
  const current = judged !== null && judged.log === chosen?.log ? judged.run : null;
  return (
    <div className="judge">
      {model && (
        <p className="quiet">
          {say('Asked is the model that acts: {name}.', { name: model.name })}{' '}
          {!constrained &&
            (model.parameters ?? SMALL) < SMALL &&
            say(
              'It has {n} and was never taught to judge: expect replies that cannot be read. They are shown as failures and change no reward.',
              { n: count(model.parameters ?? 0, 'parameter') },
            )}
        </p>
      )}
      <fieldset className="choices" disabled={blocked}>
        <legend>{say('How it is asked')}</legend>
        <Choice
          label={say('Judged by')}
          value={setting.by}
          values={ADAPTER_NAMES}
          words={sayEach(names)}
          disabled={(adapter) =>
            (adapter === 'shipped' && !model?.hasShippedAdapter) || (adapter === 'trained' && !props.trained)
          }
          onChange={(by) => set({ ...setting, by })}
        />
        <Choice
          label={say('Questions§to the judge')}
          value={setting.prompts}
          values={PROMPT_NAMES}
          words={sayEach(PROMPTS)}
          onChange={(prompts) => set({ ...setting, prompts })}
        />
        <label className="check">
          <input
            type="checkbox"
            checked={constrained}
            disabled={!holdable}
            onChange={(event) => set({ ...setting, constrained: event.target.checked })}
          />
          {say('can write nothing but a score')}
        </label>
      </fieldset>
      {constrained && (
        <p className="quiet">
          {say(
            'Held to scores, every reply can be read, and no reasons are given. Whether the scores mean anything only the agreement below can tell.',
          )}
        </p>
      )}
      <section className="judge-part" aria-label={say('A single episode')}>
        <h3>{say('A single episode')}</h3>
        {group && (
          <fieldset className="choices" disabled={blocked}>
            <legend className="visually-hidden">{say('What is judged')}</legend>
            <Choice
              label={say('What is judged')}
              value={rollout ? which : 'episode'}
              values={['episode', ...group.rollouts.map(({ k }) => String(k))]}
              words={{
                episode: say('the episode on view'),
                ...Object.fromEntries(
                  group.rollouts.map(({ k }) => [String(k), say('rollout {n} of the group', { n: k + 1 })]),
                ),
              }}
              onChange={choose}
            />
          </fieldset>
        )}
        <div className="play">
          <button type="button" disabled={blocked || !chosen} onClick={() => void judge()}>
            {say('Judge this episode')}
          </button>
          {!chosen && <span className="quiet">{say('Play it to its end first.')}</span>}
          <Running {...props} call="judgeEpisode" />
        </div>
        {current && <JudgementView run={current} />}
      </section>
      <section className="judge-part" aria-label={say('Does it agree with the rules?')}>
        <h3>{say('Does it agree with the rules?')}</h3>
        <p className="quiet">
          {say(
            'Held-out episodes, always the same ones, are played and judged. Where the rules are known to be right, this shows what the judge is worth.',
          )}
        </p>
        <fieldset className="choices" disabled={blocked}>
          <legend className="visually-hidden">{say('Episodes that are judged')}</legend>
          <Choice
            label={say('Played by')}
            value={player}
            values={PLAYER_NAMES}
            words={sayEach(PLAYERS)}
            onChange={playedBy}
          />
          <NumberField
            label={say('Episodes')}
            value={episodes}
            min={2}
            max={MOST_EPISODES}
            whole
            onChange={setEpisodes}
          />
        </fieldset>
        <div className="play">
          <button type="button" disabled={blocked} onClick={() => void agree()}>
            {say('Measure agreement')}
          </button>
          <Running {...props} call="judgeAgreement" />
        </div>
        {agreement && <AgreementView run={agreement} />}
      </section>
      <WritersView {...props} />
    </div>
  );
}

const ADAPTER_NAMES: readonly AdapterChoice[] = ['none', 'shipped', 'trained'];
const PROMPT_NAMES: readonly JudgeSetting['prompts'][] = ['fitting', 'short', 'full'];
const PLAYER_NAMES: readonly AgreementPlayer[] = ['demonstrator', 'model'];

/** How far a call is, and a way to stop it. */
function Running({
  call,
  running,
  progress,
  line,
}: Pick<JudgeProps, 'running' | 'progress' | 'line'> & { readonly call: JudgeProps['running'] }) {
  const own = running === call;
  return (
    <>
      {own && (
        <button type="button" onClick={() => void line.cancel()}>
          {say('Cancel')}
        </button>
      )}
      <span className="quiet" role="status">
        {own && progress && say('{finished} of {total} done', progress)}
      </span>
    </>
  );
}
