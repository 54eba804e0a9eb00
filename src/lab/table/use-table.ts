/** What the table's sections share: who plays, what was played here, how the run stands. */
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { CellLine } from '../../evidence/cell-lines';
import type { TableChoice, TableFacts, TablePlayer, TableState } from '../../worker/table-protocol';
import { Latest } from '../state/latest';
import type { TableLine } from '../state/table-line';
import { ENVIRONMENTS, METHODS, withToolCalls } from './cells';

export interface TableHold {
  readonly line: TableLine;
  /** Null until the worker has said. */
  readonly facts: TableFacts | null;
  readonly state: TableState;
  /** What is chosen to play, without what cannot be. */
  readonly choice: TableChoice;
  readonly choose: (part: Partial<TableChoice>) => void;
  /** The same of every method and world: what was played stays on view, whatever is chosen next. */
  readonly whole: TableChoice;
  /** Lines of what this browser has played of it. */
  readonly own: readonly CellLine[];
  /** Who played those lines: while another is asked about, not yet who is chosen. */
  readonly ownBy: TablePlayer;
  /** After something was deleted. */
  readonly refresh: () => void;
}

interface Own {
  readonly lines: readonly CellLine[];
  readonly by: TablePlayer;
}

const FIRST_CHOICE: TableChoice = {
  reader: 'expert',
  adapter: 'shipped',
  baselinesTrained: false,
  replies: 'rules',
  methods: METHODS,
  environments: ENVIRONMENTS,
  seeds: [1, 2, 3, 4, 5],
  episodesPerSeed: 4,
};

/**
 * @param model of the worker: what it can play, and has played, is asked again when another acts
 * @param weights changes with the adapter of this tab; so is it then
 */
export function useTable(line: TableLine, model: string | null, weights: string): TableHold {
  const [wanted, want] = useState(FIRST_CHOICE);
  const [facts, setFacts] = useState<TableFacts | null>(null);
  const [state, setState] = useState<TableState>({ kind: 'idle' });
  const [own, setOwn] = useState<Own>({ lines: [], by: FIRST_CHOICE });
  const [asked, ask] = useState(0);
  const met = useRef(false);
  const { reader, adapter, baselinesTrained, replies } = wanted;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another model, or a new adapter, can play other methods
  useEffect(() => {
    let current = true;
    if (model === null) {
      setFacts(null);
      return;
    }
    void line.call('tableFacts', { reader, adapter, baselinesTrained, replies }).then((found) => {
      if (!found || !current) return;
      setFacts(found);
      setState(found.state);
      // A run that plays, or was cut off by a reload, is shown as it was chosen.
      if (!met.current && found.state.kind !== 'idle') want(found.state.choice);
      met.current = true;
    });
    return () => {
      current = false;
    };
  }, [line, model, weights, reader, adapter, baselinesTrained, replies]);
  useEffect(() => line.listen(setState), [line]);
  const { choice, whole } = useMemo(() => {
    const methods = (facts?.methods ?? []).flatMap(({ id, playable }) =>
      playable.kind === 'yes' ? [id] : [],
    );
    const chosen = wanted.methods.filter((id) => methods.includes(id));
    return {
      choice: { ...wanted, methods: chosen },
      whole: { ...wanted, methods, environments: facts?.environments ?? [] },
    };
  }, [wanted, facts]);
  const lines = useMemo(
    () =>
      new Latest<TableChoice>(async (wish) => {
        const found = await line.call('tableLines', wish);
        if (found) setOwn({ lines: withToolCalls(found), by: wish });
      }),
    [line],
  );
  const done = state.kind === 'idle' ? 0 : state.progress.done;
  // biome-ignore lint/correctness/useExhaustiveDependencies: every seed that was kept has lines
  useEffect(() => {
    if (facts !== null) lines.want(whole);
  }, [lines, facts, whole, done, asked]);
  const choose = useCallback((part: Partial<TableChoice>) => want((before) => ({ ...before, ...part })), []);
  const refresh = useCallback(() => ask((n) => n + 1), []);
  return { line, facts, state, choice, choose, whole, own: own.lines, ownBy: own.by, refresh };
}
