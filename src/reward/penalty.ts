/**
 * P: -1 if the rounds of a stage exceed N_max, -0.5 if T_used exceeds T_max (both [P], both strictly
 * greater), and -0.1 for each malformed step, at most -0.5 [D].
 */
import type { EpisodeLimits, EventLog, Stage } from '../agent/events';
import { tokensUsed } from './context-parts';
import { figure, part, type RewardPart } from './part';

export const ROUNDS_PENALTY = -1;
export const OVERFLOW_PENALTY = -0.5;
export const MALFORMED_PENALTY = -0.1;
export const MALFORMED_FLOOR = -0.5;

export interface PenaltyGroup {
  readonly value: number;
  readonly rounds: RewardPart;
  readonly overflow: RewardPart;
  readonly malformed: RewardPart;
}

export function penalties(log: EventLog, limits: EpisodeLimits): PenaltyGroup {
  const rounds = roundsPenalty(log, limits.maxRounds);
  const overflow = overflowPenalty(tokensUsed(log), limits.maxContextTokens);
  const malformed = malformedPenalty(log);
  return { value: rounds.value + overflow.value + malformed.value, rounds, overflow, malformed };
}

function roundsPenalty(log: EventLog, bound: number): RewardPart {
  const played: Record<Stage, number> = { 1: 0, 2: 0, 3: 0 };
  const over: number[] = [];
  for (const event of log) {
    if (event.type !== 'completion' || event.finish === 'aborted') continue;
    played[event.stage]++;
    if (played[event.stage] > bound) over.push(event.seq);
  }
  const most = Math.max(...Object.values(played));
  return over.length > 0
    ? part('rounds', ROUNDS_PENALTY, `${most} rounds in a stage > N_max = ${bound}: ${ROUNDS_PENALTY}`, over)
    : part('rounds', 0, `at most ${most} rounds in a stage, N_max = ${bound}: 0`);
}

function overflowPenalty(used: number, bound: number): RewardPart {
  return used > bound
    ? part('overflow', OVERFLOW_PENALTY, `T_used = ${used} > T_max = ${bound}: ${OVERFLOW_PENALTY}`)
    : part('overflow', 0, `T_used = ${used}, T_max = ${bound}: 0`);
}

function malformedPenalty(log: EventLog): RewardPart {
  const malformed = log.filter((event) => event.type === 'parsed' && event.action.kind === 'protocol-error');
  const value = malformed.length === 0 ? 0 : Math.max(MALFORMED_FLOOR, MALFORMED_PENALTY * malformed.length);
  const formula = `${malformed.length} malformed steps: max(${MALFORMED_FLOOR}, ${MALFORMED_PENALTY} x ${malformed.length}) = ${figure(value)}`;
  return part(
    'malformed',
    value,
    formula,
    malformed.map((event) => event.seq),
  );
}
