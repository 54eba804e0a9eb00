/** A region of the page with its accessible name, and small marks used in all of them. */
import { type ReactNode, useId } from 'react';
import type { Stage } from '../../worker/protocol';
import { say } from '../language/language';
import { SOURCES, type Source, STAGES } from '../words';
import type { PartName } from './parts';

export interface PanelProps {
  readonly title: string;
  /** One line beneath the title: what one is looking at. */
  readonly note?: ReactNode;
  readonly className?: string;
  /** Where lessons point at it and `hide=` strips it. */
  readonly part?: PartName;
  readonly children: ReactNode;
}

export function Panel({ title, note, className = '', part, children }: PanelProps) {
  const id = useId();
  return (
    <section className={`panel ${className}`} data-lesson={part} aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {note && <p className="panel-note">{note}</p>}
      {children}
    </section>
  );
}

/** [P], [O] or [D]. */
export function SourceMark({ source }: { readonly source: Source }) {
  return (
    <abbr className={`source source-${source}`} title={say(SOURCES[source])}>
      [{source}]
    </abbr>
  );
}

export function StageMark({ stage }: { readonly stage: Stage }) {
  return (
    <span className={`stage-mark stage-${stage}`}>
      {stage} {say(STAGES[stage].name)}
    </span>
  );
}

export function RoleMark({ role, label }: { readonly role: string; readonly label: string }) {
  return <span className={`role-mark role-${role}`}>{label}</span>;
}

/** What stands in a place that has nothing to show yet: why, and what to do. */
export function Empty({ children }: { readonly children: ReactNode }) {
  return <p className="empty">{children}</p>;
}
