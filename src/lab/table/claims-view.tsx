/** The paper's claims, ours beside them, and in words what holds here and what does not: all of it from the numbers. */
import { aligned, count, grouped, percent } from '../figures';
import { listed, type Phrase, phrase, say } from '../language/language';
import { Scroll } from '../shell/scroll';
import { FAMILIES } from '../words';
import { ABLATIONS, type AblationFile, carriedOverTo } from './ablation-evidence';
import type { Ablation } from './ablation-lines';
import { MOST_UNFIT } from './cells';
import {
  clearByChance,
  type Finding,
  type JudgedClaim,
  type JudgedGroup,
  judge,
  type Outcome,
  seedsBehind,
  tally,
  type WholeClaim,
  wholeClaims,
} from './claims';
import type { Direction, Estimate } from './paired';
import { BACKBONES, type Claim, type PaperPair } from './paper-figures';

const FINDINGS: Readonly<Record<Finding, Phrase>> = {
  holds: phrase('holds'),
  other: phrase('the other way'),
  open: phrase('cannot be told'),
  unclaimed: phrase('no one direction in the paper'),
  unmeasured: phrase('not in this recording'),
};

/** What begins the list of claims that came out so. */
const LISTS: readonly (readonly [outcome: Outcome, text: Phrase])[] = [
  ['holds', phrase('Holds here: {claims}.')],
  ['other', phrase('Goes the other way here: {claims}.')],
  ['open', phrase('Cannot be told from these seeds: {claims}.')],
  ['depends', phrase('Depends on how it is counted: {claims}.')],
  ['unmeasured', phrase('Not in this recording: {claims}.')],
];

/** Scores that stand side by side and are not of one kind. */
const KINDS_QA = phrase(
  'Where all rewards stand against the answer alone, the paper’s scores are an LLM judge’s; ours are exact match or else F1, about people who were invented.',
);
const KINDS = phrase(
  'Where all rewards stand against the answer alone, the paper’s scores are an LLM judge’s; ours are the world’s own.',
);

const WAYS: Readonly<Record<Direction, Phrase>> = {
  higher: phrase('ours rises'),
  lower: phrase('ours falls'),
};

interface ClaimsProps {
  readonly ablation: Ablation;
  /** Recorded ablations, of which one may have what this one has not. */
  readonly files?: readonly AblationFile[];
}

export function ClaimsView({ ablation, files = ABLATIONS }: ClaimsProps) {
  const groups = judge(ablation);
  return (
    <>
      <Summary groups={groups} />
      <p className="quiet">{say(ablation.settings.family === 'qa' ? KINDS_QA : KINDS)}</p>
      <Scroll label={say('Claims of the paper and what is found here')}>
        <table className="claims">
          <caption>
            {say('Claims of the paper (arXiv 2601.01885, on HotpotQA where no world is named) and ours')}
          </caption>
          <thead>
            <tr>
              <th scope="col">{say('Claim')}</th>
              {BACKBONES.map((name) => (
                <th scope="col" key={name}>
                  {name}
                </th>
              ))}
              <th scope="col">{say('Ours')}</th>
              <th scope="col">{say('Difference, 95 %')}</th>
              <th scope="col">{say('Here')}</th>
            </tr>
          </thead>
          {groups.map(({ group, claims }) => (
            <tbody key={group.id}>
              <tr>
                <th scope="rowgroup" colSpan={6}>
                  {say(group.title)}
                </th>
              </tr>
              {claims.map((judged) => (
                <ClaimRow key={judged.claim.id} judged={judged} files={files} />
              ))}
            </tbody>
          ))}
        </table>
      </Scroll>
    </>
  );
}

interface RowProps {
  readonly judged: JudgedClaim;
  readonly files: readonly AblationFile[];
}

function ClaimRow({ judged, files }: RowProps) {
  const { claim, before, after, difference, direction, finding, unfit } = judged;
  const elsewhere =
    finding === 'unmeasured' && claim.environment !== undefined
      ? carriedOverTo(claim.environment, files)
      : undefined;
  return (
    <tr>
      <th scope="row">
        {nameOf(claim)} <span className="quiet">{say(claim.source)}</span>
        {claim.note !== undefined && <span className="claim-note quiet">{say(claim.note)}</span>}
      </th>
      {claim.paper.map((pair, i) => (
        <td key={BACKBONES[i]}>{pairText(pair, claim)}</td>
      ))}
      <td>
        {before === null || after === null
          ? '–'
          : `${written(before, claim.metric)} → ${written(after, claim.metric)}`}
      </td>
      <td>
        {difference === null ? '–' : differenceText(difference, claim.metric)}
        {unfit > MOST_UNFIT && (
          <span className="quiet table-below">
            {say('not judged: up to {share} do not fit', { share: percent(unfit) })}
          </span>
        )}
      </td>
      <td className={`finding finding-${finding}`}>
        {say(FINDINGS[finding])}
        {finding === 'unclaimed' && direction !== null && `${say('; §list')}${say(WAYS[direction])}`}
        {elsewhere !== undefined && say('; choose “{policy}” above', { policy: say(elsewhere.policy) })}
      </td>
    </tr>
  );
}

/** What holds, and by name what does not. */
function Summary({ groups }: { readonly groups: readonly JudgedGroup[] }) {
  const counts = tally(groups);
  const judged = counts.holds + counts.other + counts.open + counts.depends;
  const seeds = seedsBehind(groups);
  return (
    <>
      <p>
        <strong>
          {say(
            counts.holds === 1
              ? 'Of {claims} of the paper {holds} holds here; {other} the other way; {open} cannot be told; for {depends} it depends on how it is counted.'
              : 'Of {claims} of the paper {holds} hold here; {other} the other way; {open} cannot be told; for {depends} it depends on how it is counted.',
            {
              claims: count(judged, 'claim'),
              holds: counts.holds,
              other: counts.other,
              open: counts.open,
              depends: counts.depends,
            },
          )}
        </strong>{' '}
        {counts.unclaimed > 0 && say('Of {n} more the paper has no one direction.', { n: counts.unclaimed })}{' '}
        {seeds !== null && judged > 0 && (
          <span className="quiet">
            {say(
              'Each rests on {seeds}. Were there no differences at all, about {n} of {claims} would still come out clear, by chance. Prompt tokens a step and an episode are one claim counted in two ways: where they disagree, it depends.',
              {
                seeds: seedsText(seeds),
                n: aligned(clearByChance(judged), 1),
                claims: count(judged, 'claim'),
              },
            )}
          </span>
        )}
      </p>
      <ul className="found">
        {LISTS.flatMap(([outcome, text]) => {
          const names = groups.flatMap((judged) => {
            const own = wholeClaims(judged).filter((one) => one.outcome === outcome);
            if (own.length === 0) return [];
            return [
              say('{group} ({claims})', {
                group: say(judged.group.title),
                claims: listed(own.flatMap(namesOf)),
              }),
            ];
          });
          if (names.length === 0) return [];
          return [<li key={outcome}>{say(text, { claims: names.join(say('; §list')) })}</li>];
        })}
      </ul>
    </>
  );
}

function seedsText({ fewest, most }: { readonly fewest: number; readonly most: number }): string {
  return fewest === most ? count(most, 'seed') : `${fewest}–${count(most, 'seed')}`;
}

/** Of each reading that led to the outcome; where they disagree, with what each of them comes to. */
function namesOf({ readings, outcome }: WholeClaim): readonly string[] {
  return readings.flatMap(({ claim, finding }) => {
    if (outcome === 'depends')
      return say('{reading}: {finding}', { reading: nameOf(claim), finding: say(FINDINGS[finding]) });
    return finding === outcome ? nameOf(claim) : [];
  });
}

function nameOf(claim: Claim): string {
  if (claim.tool !== undefined) return claim.tool;
  const world = claim.environment === undefined ? undefined : FAMILIES[claim.environment];
  return world === undefined ? say(claim.what) : say(world);
}

function pairText([before, after]: PaperPair, { metric, claimed, highest }: Claim): string {
  const known = written(after, metric);
  if (before !== null) return `${written(before, metric)} → ${known}`;
  return highest === true || claimed === 'higher'
    ? say('highest: {value}', { value: known })
    : `… → ${known}`;
}

const isTokens = (metric: string): boolean => metric.endsWith('-tokens');

/** Tokens in whole numbers where they are many, the rest to two places. */
function written(value: number, metric: string): string {
  if (!isTokens(metric)) return aligned(value);
  return value >= 1000 ? grouped(value) : aligned(value, 1);
}

function differenceText({ mean, low, high }: Estimate, metric: string): string {
  const told = (value: number): string => {
    const text = aligned(value, isTokens(metric) ? 1 : 2);
    return Number(text) > 0 ? `+${text}` : text;
  };
  return low === null || high === null ? told(mean) : `${told(mean)} [${told(low)}, ${told(high)}]`;
}
