/** What in the memory is of no use, as far as it can be told: findings by kind, each with its reason and its mending. */
import { useState } from 'react';
import type { AuditFinding, AuditReport, NamespaceView, ViewedEntry } from '../../worker/memory-protocol';
import { count, percent } from '../figures';
import { Empty, Panel } from '../shell/panel';
import { Awaited } from './awaited';
import { Inert } from './inert';
import type { MemoryController } from './memory-controller';
import { type MemoryState, mayWrite } from './memory-state';

/** Findings of a kind shown at first, and with every "Show more". */
const STEP = 20;

const KINDS: Readonly<
  Record<AuditFinding['kind'], { readonly title: string; readonly what: string; readonly one: string }>
> = {
  duplicate: { title: 'Exact duplicates', what: 'The same text more than once.', one: 'duplicate' },
  'near-duplicate': {
    title: 'Nearly the same',
    what: 'Other words, the same names and numbers.',
    one: 'near-duplicate',
  },
  contradicted: {
    title: 'Contradicted by a newer entry',
    what: 'The same subject and relation, another value later.',
    one: 'contradiction',
  },
  junk: { title: 'Junk', what: 'Chatter: nothing in it that a question could ask for.', one: 'junk entry' },
  stale: {
    title: 'Stale',
    what: 'Neither changed nor retrieved for long. What you do not choose is kept.',
    one: 'stale entry',
  },
  'never-retrieved': {
    title: 'Never retrieved',
    what: 'No question has brought it back so far. That alone is no reason to delete it: what you do not choose is kept.',
    one: 'entry',
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
      title="Audit"
      className="audit"
      note="Looks for entries that only get in the way of the others. It proposes; you decide, and every mending can be undone."
    >
      <Awaited
        of={state.parts.audit}
        waiting="Looking through the memory"
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
  if (report.entries === 0) return <Empty>The memory is empty; there is nothing to find.</Empty>;
  return (
    <>
      <p className="total">
        <span className="total-value">{percent(report.junkShare)}</span>
        <span>
          of {count(report.entries, 'entry', 'entries')} could go: the share that some finding would remove.
        </span>
      </p>
      <div className="audit-share" aria-hidden="true">
        <span className="fill" style={{ width: `${report.junkShare * 100}%` }} />
      </div>
      {report.findings.length === 0 && (
        <Empty>Nothing found: no duplicates, no contradictions, no junk.</Empty>
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
    <section className="findings" aria-label={title}>
      <div className="findings-head">
        <div>
          <h3>
            {title} ({count(about, 'entry', 'entries')})
          </h3>
          <p className="quiet">{what}</p>
        </div>
        {mendable.length > 1 && (
          <button type="button" disabled={onMend === null} onClick={() => onMend?.(mendable)}>
            Mend all {mendable.length}
          </button>
        )}
        {open.length > 0 && (
          <div className="list-actions">
            <button
              type="button"
              className="plain"
              onClick={() => pick(new Set(chosen.length < open.length ? open : []))}
            >
              {chosen.length < open.length ? `Choose all ${open.length}` : 'Choose none'}
            </button>
            <button
              type="button"
              disabled={onDelete === null || chosen.length === 0}
              onClick={() => onDelete?.(chosen)}
            >
              Delete {chosen.length === 0 ? 'the chosen' : count(chosen.length, 'entry', 'entries')}
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
            {finding.ids.length > 6 && <p className="quiet">and {finding.ids.length - 6} more</p>}
            <p className="quiet">
              <Inert text={finding.why} most={600} />
            </p>
            {finding.proposal.kind === 'merge' && (
              <p>
                <span className="quiet">merged: </span>
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
                Delete {finding.ids[0]}
              </label>
            ) : (
              <button
                type="button"
                className="plain"
                disabled={onMend === null}
                aria-label={`${proposalWords(finding.proposal)}: mend this ${one}`}
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
          Show more ({findings.length - most} left)
        </button>
      )}
    </section>
  );
}

function toggled(picked: ReadonlySet<string>, id: string): ReadonlySet<string> {
  return picked.has(id) ? new Set([...picked].filter((other) => other !== id)) : new Set([...picked, id]);
}

function proposalWords(proposal: Exclude<AuditFinding['proposal'], { readonly kind: 'none' }>): string {
  if (proposal.kind === 'delete')
    return `Delete ${proposal.ids.slice(0, 4).join(', ')}${proposal.ids.length > 4 ? ' …' : ''}`;
  return `Merge into ${proposal.ids[0]}`;
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
  const text = <Inert text={entry?.content ?? '(no longer there)'} most={300} />;
  return (
    <li>
      <button type="button" className="plain small" disabled={!entry} onClick={() => onOpen(id)}>
        {id}
      </button>{' '}
      {goes ? <del>{text}</del> : text}
    </li>
  );
}
