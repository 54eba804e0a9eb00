/** What the page of the user's own data needs of the worker. The lab's controller is one; tests bring their own. */
import type { OwnCalls, SetEvaluation, TaskSetInfo } from '../../worker/own-protocol';
import type { SetChange } from './set-moves';

export type OwnCallName = Exclude<keyof OwnCalls, 'evaluateTaskSet'>;
export type OwnArgs<Name extends keyof OwnCalls> = OwnCalls[Name]['args'];
export type OwnResult<Name extends keyof OwnCalls> = OwnCalls[Name]['result'];

/** Each gives undefined if it could not be done; the page has then been told why. */
export interface OwnLine {
  call<Name extends OwnCallName>(name: Name, args: OwnArgs<Name>): Promise<OwnResult<Name> | undefined>;
  evaluate(args: OwnArgs<'evaluateTaskSet'>): Promise<SetEvaluation | undefined>;
  cancel(): Promise<void>;
  /** A task of the set, by its place from 0, as the task on view; played by whoever is chosen, or from now on by this one. */
  play(set: string, index: number, player?: 'demonstrator'): Promise<void>;
  /** The next run trains on the set, split by this seed. */
  trainOn(set: string, seed: number): void;
  /** A set has become another one, or none (`to` null): an address that names it names that one from now on. */
  moved(change: SetChange, to: TaskSetInfo | null): void;
}
