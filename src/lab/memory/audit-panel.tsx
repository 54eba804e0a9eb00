/** What in the memory is of no use, as far as it can be told: findings by kind, each with its reason and its mending. */
import { useState } from 'react';
import type { AuditFinding, AuditReport, NamespaceView, ViewedEntry } from '../../worker/memory-protocol';
import { count, percent } from '../figures';
import { listed, type Phrase, phrase, say } from '../language/language';
import { Empty, Panel } from '../shell/panel';
import { Awaited } from './awaited';
import { Inert } from './inert';
import type { MemoryController } from './memory-controller';
import { type MemoryState, mayWrite } from './memory-state';
import { findingWords } from './worker-words';

/** Findings of a kind shown at first, and with every "Show more". */
const STEP = 20;

const KINDS: Readonly<
  Record<AuditFinding['kind'], { readonly title: Phrase; readonly what: Phrase; readonly one: Phrase }>
> = {
  duplicate: {
    title: phrase('Exact duplicates'),
    what: phrase('The same text more than once.'),
    one: phrase('duplicate'),
  },
  'near-duplicate': {
    title: phrase('Nearly the same'),
    what: phrase('Other words, the same names and numbers.'),
    one: phrase('near-duplicate'),
  },
  contradicted: {
    title: phrase('Contradicted by a newer entry'),
    what: phrase('The same subject and relation, another value later.'),
    one: phrase('contradiction'),
  },
  junk: {
    title: phrase('Junk'),
    what: phrase('Chatter: nothing in it that a question could ask for.'),
    one: phrase('junk entry'),
  },
  stale: {
    title: phrase('Stale'),
    what: phrase('Neither changed nor retrieved for long. What you do not choose is kept.'),
    one: phrase('stale entry'),
  },
  'never-retrieved': {
    title: phrase('Never retrieved'),
    what: phrase(
      'No question has brought it back so far. That alone is no reason to delete it: what you do not choose is kept.',
    ),
    one: phrase('entry§one'),
  },
};

interface AuditPanelProps {
  readonly state: MemoryState;
  readonly view: NamespaceView;
  readonly memory: MemoryController;
}

export function AuditPanel({ state, view, memory }: AuditPanelProps) {
  return (
    <Panel
      title={say('Audit')}
      className="audit"
      note={say(
        'Looks for entries that only get in the way of the others. It proposes; you decide, and every mending can be undone.',
      )}
    >
      <Awaited
        of={state.parts.audit}
        waiting={say('Looking through the memory')}
        onRetry={() => void memory.audit()}
      >
        {(report) => <Report report={report} state={state} view={view} memory={memory} />}
      </Awaited>
    </Panel>
  );
}

function Report({ report, state, view, memory }: AuditPanelProps & { readonly report: AuditReport }) {
  const entries = new Map(view.entries.map((entry) => [entry.id, entry]));
  const write = mayWrite(state) && state.busy === null;
  if (report.entries === 0) return <Empty>{say('The memory is empty; there is nothing to find.')}</Empty>;
  return (
    <>
      <p className="total">
        <span className="total-value">{percent(report.junkShare)}</span>
        <span>
          {say('of {entries} could go: the share that some finding would remove.', {
            entries: count(report.entries, 'entry', 'entries'),
          })}
        </span>
      </p>
      <div className="audit-share" aria-hidden="true">
        <span className="fill" style={{ width: `${report.junkShare * 100}%` }} />
      </div>
      {report.findings.length === 0 && (
        <Empty>{say('Nothing found: no duplicates, no contradictions, no junk.')}</Empty>
      )}
      {(Object.keys(KINDS) as AuditFinding['kind'][]).map((kind) => {
        const findings = report.findings.filter((finding) => finding.kind === kind);
        return (
          findings.length > 0 && (
            <Findings
              key={kind}
              kind={kind}
              findings={findings}
              about={report.counts[kind]}
              entries={entries}
              onMend={write ? (some) => void memory.mend(some) : null}
              onDelete={write ? (ids) => void memory.remove(ids, 'audit') : null}
              onOpen={(id) => {
                memory.activate(id);
                void memory.go('entries');
              }}
            />
          )
        );
      })}
    </>
  );
}

interface FindingsProps {
  readonly kind: AuditFinding['kind'];
  readonly findings: readonly AuditFinding[];
  /** Entries they are about. */
  readonly about: number;
  readonly entries: ReadonlyMap<string, ViewedEntry>;
  /** Null while nothing may be written. */
  readonly onMend: ((findings: readonly AuditFinding[]) => void) | null;
  readonly onDelete: ((ids: readonly string[]) => void) | null;
  readonly onOpen: (id: string) => void;
}

function Findings({ kind, findings, about, entries, onMend, onDelete, onOpen }: FindingsProps) {
  const [most, show] = useState(STEP);
  const [picked, pick] = useState<ReadonlySet<string>>(new Set());
  const { title, what, one } = KINDS[kind];
  const mendable = findings.filter(({ proposal }) => proposal.kind !== 'none');
  // Nothing is proposed of these: each is kept unless it is chosen.
  const open = findings.flatMap(({ proposal, ids }) => (proposal.kind === 'none' ? [ids[0]] : []));
  const chosen = open.filter((id) => picked.has(id));
  return (
    <section className="findings" aria-label={say(title)}>
      <div className="findings-head">
        <div>
          <h3>
            {say('{kind} ({entries})', { kind: say(title), entries: count(about, 'entry', 'entries') })}
          </h3>
          <p className="quiet">{say(what)}</p>
        </div>
        {mendable.length > 1 && (
          <button type="button" disabled={onMend === null} onClick={() => onMend?.(mendable)}>
            {say('Mend all {n}', { n: mendable.length })}
          </button>
        )}
        {open.length > 0 && (
          <div className="list-actions">
            <button
              type="button"
              className="plain"
              onClick={() => pick(new Set(chosen.length < open.length ? open : []))}
            >
              {chosen.length < open.length ? say('Choose all {n}', { n: open.length }) : say('Choose none')}
            </button>
            <button
              type="button"
              disabled={onDelete === null || chosen.length === 0}
              onClick={() => onDelete?.(chosen)}
            >
              {chosen.length === 0
                ? say('Delete the chosen')
                : say('Delete {what}', { what: count(chosen.length, 'entry', 'entries') })}
            </button>
          </div>
        )}
      </div>
      <ul className="entries">
        {findings.slice(0, most).map((finding) => (
          <li key={finding.ids.join(' ')} className="entry finding">
            <ul>
              {finding.ids.slice(0, 6).map((id) => (
                <Concerned key={id} id={id} entry={entries.get(id)} finding={finding} onOpen={onOpen} />
              ))}
            </ul>
            {finding.ids.length > 6 && (
              <p className="quiet">{say('and {n} more', { n: finding.ids.length - 6 })}</p>
            )}
            <Why text={finding.why} />
            {finding.proposal.kind === 'merge' && (
              <p>
                <span className="quiet">{say('merged:')} </span>
                <ins>
                  <Inert text={finding.proposal.content} most={600} />
                </ins>
              </p>
            )}
            {finding.proposal.kind === 'none' ? (
              <label className="choose">
                <input
                  type="checkbox"
                  checked={picked.has(finding.ids[0])}
                  onChange={() => pick(toggled(picked, finding.ids[0]))}
                />
                {say('Delete {what}', { what: finding.ids[0] })}
              </label>
            ) : (
              <button
                type="button"
                className="plain"
                disabled={onMend === null}
                aria-label={say('{proposal}: mend this {finding}', {
                  proposal: proposalWords(finding.proposal),
                  finding: say(one),
                })}
                onClick={() => onMend?.([finding])}
              >
                {proposalWords(finding.proposal)}
              </button>
            )}
          </li>
        ))}
      </ul>
      {findings.length > most && (
        <button type="button" className="plain" onClick={() => show(most + STEP)}>
          {say('Show more ({n} left)', { n: findings.length - most })}
        </button>
      )}
    </section>
  );
}

function Why({ text }: { readonly text: string }) {
  const words = findingWords(text);
  return (
    <p className="quiet" lang={words === null ? 'en' : undefined}>
      <Inert text={words ?? text} most={600} />
    </p>
  );
}

function toggled(picked: ReadonlySet<string>, id: string): ReadonlySet<string> {
  return picked.has(id) ? new Set([...picked].filter((other) => other !== id)) : new Set([...picked, id]);
}

function proposalWords(proposal: Exclude<AuditFinding['proposal'], { readonly kind: 'none' }>): string {
  if (proposal.kind === 'delete')
    return say('Delete {what}', {
      what: `${listed(proposal.ids.slice(0, 4))}${proposal.ids.length > 4 ? ' …' : ''}`,
    });
  return say('Merge into {id}', { id: proposal.ids[0] });
}

/** One entry of a finding, with what would become of it. */
function Concerned({
  id,
  entry,
  finding: { proposal },
  onOpen,
}: {
  readonly id: string;
  readonly entry: ViewedEntry | undefined;
  readonly finding: AuditFinding;
  readonly onOpen: (id: string) => void;
}) {
  const goes =
    proposal.kind !== 'none' &&
    proposal.ids.includes(id) &&
    (proposal.kind === 'delete' || proposal.ids[0] !== id);
  const text = <Inert text={entry?.content ?? say('(no longer there)')} most={300} />;
  return (
    <li>
      <button type="button" className="plain small" disabled={!entry} onClick={() => onOpen(id)}>
        {id}
      </button>{' '}
      {goes ? <del>{text}</del> : text}
    </li>
  );
}
