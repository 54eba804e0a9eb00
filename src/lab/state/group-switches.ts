/** How the address says which switches stand otherwise than a group was played: what turns rewards into advantages. */
import type { AdvantageMode, AdvantageOptions } from '../../worker/protocol';

const ON_OFF = ['on', 'off'] as const;
export type OnOff = (typeof ON_OFF)[number];

/** Null: as the group was played. */
export interface GroupSwitches {
  readonly credit: AdvantageMode | null;
  /** Divide by the spread of the group. */
  readonly spread: OnOff | null;
  /** Divide by the number of steps. */
  readonly perStep: OnOff | null;
}

export const AS_PLAYED_IN_LINK: GroupSwitches = { credit: null, spread: null, perStep: null };

export const parseOnOff = (text: string | null): OnOff | null => ON_OFF.find((word) => word === text) ?? null;

/**
 * The options a link asks for; null: as it was played. Without continuations of one state there is nothing to compare
 * by `fork`, so that credit is passed over.
 */
export function switched(
  played: AdvantageOptions,
  { credit, spread, perStep }: GroupSwitches,
): AdvantageOptions | null {
  const options: AdvantageOptions = {
    ...played,
    ...(credit !== null && credit !== 'fork' && { mode: credit }),
    ...(spread !== null &&
      (spread === 'off' || played.scale === 'none') && {
        scale: spread === 'on' ? 'group' : 'none',
      }),
    ...(perStep !== null && { stepNormalisation: perStep === 'on' }),
  };
  const same =
    options.mode === played.mode &&
    options.scale === played.scale &&
    options.stepNormalisation === played.stepNormalisation;
  return same ? null : options;
}

/** What a link has to say so that `switched` gives these options. */
export function switchesOf(played: AdvantageOptions, options: AdvantageOptions): GroupSwitches {
  const said = (now: boolean, then: boolean): OnOff | null => (now === then ? null : now ? 'on' : 'off');
  return {
    credit: options.mode === played.mode ? null : options.mode,
    spread: said(options.scale !== 'none', played.scale !== 'none'),
    perStep: said(options.stepNormalisation, played.stepNormalisation),
  };
}
