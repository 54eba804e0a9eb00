/**
 * Methods by worlds, one figure at a time: recorded runs at once, and below each what this browser has played of the same
 * cell. As values, or as paired differences; each opens the episodes behind it.
 */
import { useRef, useState } from 'react';
import { type CellLine, CellLineError } from '../../evidence/cell-lines';
import { type Phrase, phrase, say, sayEach } from '../language/language';
import { Choice } from '../shell/fields';
import { NotLoaded } from '../shell/notices';
import { LOOKS, type Look, METRICS, type Metric } from './cells';
import { CellsGrid } from './cells-grid';
import { type CellSource, EpisodesView, type OpenedCell } from './episodes-view';
import { EVIDENCE } from './evidence';
import { METRIC_NAMES } from './metric-names';
import { TableNotes } from './table-notes';
import { type Lines, NO_LINES, useLines, useLook } from './use-lines';
import type { TableHold } from './use-table';

const LOOK_WORDS: Readonly<Record<Look, Phrase>> = {
  value: phrase('values'),
  difference: phrase('differences, paired by seed'),
};

/** Lines of a file that was opened here. */
const OPENED = 'file';

interface SectionProps {
  readonly hold: TableHold;
  readonly blocked: boolean;
  readonly progress: { readonly finished: number; readonly total: number } | null;
}

export function RecordedSection({ hold, blocked, progress }: SectionProps) {
  const [reader, read] = useState(EVIDENCE[0].id);
  const [file, take] = useState<{ readonly name: string; readonly text: string } | null>(null);
  const [metric, measure] = useState<Metric>('score');
  const [look, see] = useState<Look>('value');
  const [opened, open] = useState<OpenedCell | null>(null);
  const place = useRef<HTMLElement>(null);
  const close = () => {
    // The button that closes goes with what it closes: who came by keyboard is back at the cell.
    place.current?.querySelector<HTMLElement>('.table-cell[aria-expanded="true"]')?.focus();
    open(null);
  };
  const lines = useLines(reader, file?.text ?? null);
  const there: Readonly<Record<CellSource, readonly CellLine[]>> = { recorded: plain(lines), own: hold.own };
  const seen: Readonly<Record<CellSource, readonly CellLine[]>> = {
    recorded: useLook(hold, there.recorded, look),
    own: useLook(hold, there.own, look),
  };
  return (
    <section ref={place} aria-label={say('Methods by worlds')} className="table-cells">
      <div className="choices">
        <Choice
          label={say('Read by')}
          value={reader}
          values={[...EVIDENCE.map(({ id }) => id), ...(file ? [OPENED] : [])]}
          words={{
            ...Object.fromEntries(EVIDENCE.map(({ id, reader: words }) => [id, say(words)])),
            [OPENED]: say('the file {name}', { name: file?.name ?? '' }),
          }}
          onChange={read}
        />
        <Choice
          label={say('Figure')}
          value={metric}
          values={METRICS}
          words={sayEach(METRIC_NAMES)}
          onChange={measure}
        />
        <Choice
          label={say('Shown as')}
          value={look}
          values={LOOKS}
          words={sayEach(LOOK_WORDS)}
          disabled={(one) => one === 'difference' && hold.facts === null}
          onChange={see}
        />
        <FileField
          onFile={(name, text) => {
            take({ name, text });
            read(OPENED);
          }}
        />
      </div>
      {reader !== OPENED && (
        <p className="quiet">
          {say(
            'The bundled policy reads people, 208 tokens at a time: most of the worlds do not fit it. The worlds policy reads them all and was trained on HotpotQA alone: the rest is transfer. The experts show what each memory holds, whoever reads it.',
          )}
        </p>
      )}
      {reader !== OPENED && there.recorded.some(({ method }) => method === 'agemem') && (
        <p className="quiet">
          {say(
            'AgeMem here is one adapter, trained once: intervals are over the seeds of tasks and dice, and do not hold what another training would bring.',
          )}
        </p>
      )}
      {lines === null && <p className="empty">{say('Loading …')}</p>}
      {lines === 'failed' && <NotLoaded what={say('The table')} />}
      {lines instanceof CellLineError && (
        <p role="alert">{say('Line {n} of the file is no line of a table.', { n: lines.line })}</p>
      )}
      <CellsGrid
        there={there}
        seen={seen}
        metric={metric}
        look={look}
        opened={opened}
        onOpen={(source, line) => {
          const { method, environment } = line;
          const { reader, adapter, baselinesTrained, replies } = hold.ownBy;
          const by = source === 'own' ? { reader, adapter, baselinesTrained, replies } : null;
          open({ source, method, environment, line, by });
        }}
      />
      <TableNotes recorded={reader === OPENED ? NO_LINES : there.recorded} metric={metric} />
      {opened && (
        <EpisodesView
          key={`${opened.source} ${opened.method} ${opened.environment} ${opened.line.policy} ${opened.line.n} ${opened.line.setting}`}
          cell={opened}
          hold={hold}
          blocked={blocked}
          progress={progress}
          onClose={close}
        />
      )}
    </section>
  );
}

function plain(lines: Lines): readonly CellLine[] {
  return lines === null || lines === 'failed' || lines instanceof CellLineError ? NO_LINES : lines;
}

function FileField({ onFile }: { readonly onFile: (name: string, text: string) => void }) {
  return (
    <label className="field table-file">
      {say('Lines of a table from a file')}
      <input
        type="file"
        accept=".jsonl,.json,.txt"
        onChange={({ target }) => {
          const [file] = target.files ?? [];
          if (file) void file.text().then((text) => onFile(file.name, text));
          target.value = '';
        }}
      />
    </label>
  );
}
