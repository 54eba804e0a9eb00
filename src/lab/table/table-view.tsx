/** The table's sections, one under another; each is a file of its own and brings the numbers that it shows. */
import type { ComponentType } from 'react';
import '../styles/table.css';
import { PaperSection } from './paper-section';
import { RecordedSection } from './recorded-section';

/** In the order of the page. */
const SECTIONS: readonly { readonly id: string; readonly Section: ComponentType }[] = [
  { id: 'recorded', Section: RecordedSection },
  { id: 'paper', Section: PaperSection },
];

export default function TableView() {
  return (
    <>
      {SECTIONS.map(({ id, Section }) => (
        <Section key={id} />
      ))}
    </>
  );
}
