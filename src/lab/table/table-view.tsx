/** The table's sections, one under another; each is a file of its own and brings the numbers that it shows. */
import type { ComponentType } from 'react';
import type { TableLine } from '../state/table-line';
import '../styles/table.css';
import { AblationSection } from './ablation-section';
import { PaperSection } from './paper-section';
import { RecordedSection } from './recorded-section';
import { RunSection } from './run-section';
import { type TableHold, useTable } from './use-table';

export interface TableProps {
  readonly line: TableLine;
  /** Id of the model that acts; null while the lab is opening. */
  readonly model: string | null;
  /** Another text when the adapter of this tab is another; the same while it is being trained. */
  readonly weights: string;
  /** Something else uses the model. */
  readonly blocked: boolean;
  /** Of a seed that is played again. */
  readonly progress: { readonly finished: number; readonly total: number } | null;
}

interface SectionProps {
  readonly hold: TableHold;
  readonly ready: boolean;
  readonly blocked: boolean;
  readonly progress: TableProps['progress'];
}

/** In the order of the page. */
const SECTIONS: readonly { readonly id: string; readonly Section: ComponentType<SectionProps> }[] = [
  { id: 'recorded', Section: RecordedSection },
  { id: 'run', Section: RunSection },
  { id: 'paper', Section: PaperSection },
  { id: 'ablation', Section: AblationSection },
];

export default function TableView({ line, model, weights, blocked, progress }: TableProps) {
  const hold = useTable(line, model, weights);
  return (
    <>
      {SECTIONS.map(({ id, Section }) => (
        <Section key={id} hold={hold} ready={model !== null} blocked={blocked} progress={progress} />
      ))}
    </>
  );
}
