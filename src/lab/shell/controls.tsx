/** What is played: the task, who plays it, and the buttons that play. */

import { say, sayEach } from '../language/language';
import { DIFFICULTIES as DIFFICULTY_NAMES, MAX_SEED, SPLITS as SPLIT_NAMES } from '../state/address';
import type { LabController } from '../state/controller';
import type { LabState } from '../state/lab-state';
import { adaptersOf, DIFFICULTIES, FAMILIES, familiesBeside, SPLITS } from '../words';
import { Choice, SeedField } from './fields';
import { TaughtNote } from './taught-note';
import { TrainedNote } from './trained-note';

interface ControlsProps {
  readonly state: LabState;
  readonly lab: LabController;
}

export function Controls({ state, lab }: ControlsProps) {
  const { address, busy, episode, ready, training } = state;
  const trains = training.state.kind === 'running';
  const blocked = !ready || busy !== null || trains;
  const ended = episode?.done ?? false;
  const demonstrated = address.player === 'demonstrator';
  return (
    <div className="controls">
      <fieldset className="choices" data-lesson="task-choice" disabled={blocked}>
        <legend className="visually-hidden">{say('Task and player')}</legend>
        {address.set === null ? (
          <>
            <Choice
              label={say('About')}
              value={address.family}
              values={familiesBeside(address.family)}
              words={sayEach(FAMILIES)}
              onChange={(family) => void lab.go({ family })}
            />
            <Choice
              label={say('Task')}
              value={address.difficulty}
              values={DIFFICULTY_NAMES}
              words={sayEach(DIFFICULTIES)}
              onChange={(difficulty) => void lab.go({ difficulty })}
            />
            <Choice
              label={say('Set')}
              value={address.split}
              values={SPLIT_NAMES}
              words={sayEach(SPLITS)}
              onChange={(split) => void lab.go({ split })}
            />
          </>
        ) : (
          <div className="field">
            <span className="label">{say('Task')}</span>
            <button type="button" onClick={() => void lab.go({ set: null })}>
              {say('of your own; back to made-up ones')}
            </button>
          </div>
        )}
        <SeedField
          label={address.set === null ? say('Seed') : say('Number')}
          value={address.seed}
          onChange={(seed) => void lab.go({ seed })}
        />
        <SeedField label={say('Dice')} value={address.dice} onChange={(dice) => void lab.go({ dice })} />
        <Choice
          label={say('Played by')}
          value={demonstrated ? address.player : address.adapter}
          values={['none', 'shipped', 'trained', 'demonstrator']}
          words={{ ...sayEach(adaptersOf(ready)), demonstrator: say('the demonstrator, a script') }}
          disabled={(player) =>
            (player === 'shipped' && !ready?.model.hasShippedAdapter) ||
            (player === 'trained' && !training.trained)
          }
          onChange={(player) =>
            void lab.go(player === 'demonstrator' ? { player } : { player: 'model', adapter: player })
          }
        />
      </fieldset>
      <div className="play">
        <button type="button" data-lesson="step" disabled={blocked || ended} onClick={() => void lab.step()}>
          {say('Step')}
        </button>
        <button
          type="button"
          data-lesson="run-episode"
          disabled={blocked || ended}
          onClick={() => void lab.runEpisode()}
        >
          {say('Run episode')}
        </button>
        <button type="button" data-lesson="reset" disabled={blocked} onClick={() => void lab.openEpisode()}>
          {say('Reset')}
        </button>
        <button
          type="button"
          data-lesson="next-task"
          disabled={blocked}
          onClick={() => void lab.go({ seed: (address.seed + 1) % MAX_SEED })}
        >
          {say('Next task')}
        </button>
        {busy &&
          (busy.call === 'runEpisode' ||
            busy.call === 'runGroup' ||
            busy.call === 'compareAdapters' ||
            // A model may take its time to write distractors.
            (busy.call === 'openEpisode' && address.distractors === 'model')) && (
            <button type="button" onClick={() => void lab.cancel()}>
              {say('Cancel')}
            </button>
          )}
      </div>
      {ready && (
        <TaughtNote ready={ready} address={address} blocked={blocked} onAct={(id) => void lab.letAct(id)} />
      )}
      {ready && <TrainedNote ready={ready} blocked={blocked} onAct={(id) => void lab.letAct(id)} />}
      <p className="status" role="status">
        {statusWords(state)}
      </p>
    </div>
  );
}

function statusWords({ busy, progress, episode, ready, training }: LabState): string {
  if (!ready) return say('The lab is loading.');
  if (busy) {
    const what = say(busy.text, busy.values);
    return progress ? say('{what}: {finished} of {total} done.', { what, ...progress }) : `${what} …`;
  }
  if (training.state.kind === 'running')
    return say('Training uses the model now. Pause it to play episodes in between.');
  if (episode?.done)
    return say('The episode is over. Its reward is below; Back and Forward go through it again.');
  return episode ? say('Ready for the next step.') : say('No episode is open. Reset opens one.');
}
