/** What the calls about the table do. One desk a page; loaded with the table. */
import type { DeviceLostError } from '../../engine/errors';
import { ENVIRONMENT_IDS, type MethodId, versionOf } from '../../evidence/cell-lines';
import type { Embedder } from '../../memory/memory';
import { differenceLine, linesOf, METHOD_IDS, REFERENCE } from '../../rl/reproduce/cells';
import type { TableRows } from '../../storage/table-store';
import type { Args, News } from '../protocol';
import type {
  BaselineEpisode,
  CellLine,
  CellSeed,
  TableCalls,
  TableChoice,
  TableFacts,
  TablePlayer,
  TableState,
} from '../table-protocol';
import type { Turns } from '../turns';
import { baselineEpisode, episodesOf, replayed } from './cell-episodes';
import {
  type Acting,
  actingFor,
  type PlayerRooms,
  playable,
  playerHere,
  playerOf,
  trainedAs,
} from './players';
import { referenceFirst, TableRun } from './table-run';

export interface TableRooms extends PlayerRooms {
  readonly rows: TableRows;
  readonly embedder: Embedder;
  readonly turns: Turns;
  readonly recover: (lost: DeviceLostError) => Promise<void>;
  readonly tell: (news: News) => void;
}

export class TableDesk {
  readonly run: TableRun;

  constructor(private readonly rooms: TableRooms) {
    this.run = new TableRun({
      ...rooms,
      acting: async (method, choice) => this.acting(method, choice),
    });
  }

  async facts(player: TablePlayer): Promise<TableFacts> {
    await this.run.interrupted();
    const { models } = this.rooms;
    return {
      methods: METHOD_IDS.map((id) => ({ id, playable: playable(id, player, models) })),
      environments: ENVIRONMENT_IDS,
      model: models.active.title,
      trainedAs: trainedAs(models),
      adapters: [
        ...(models.hasShippedAdapter ? (['shipped'] as const) : []),
        ...(models.hasTrainedAdapter ? (['trained'] as const) : []),
      ],
      state: this.run.state,
    };
  }

  /** Of every method of the choice that can be played here, the seeds that are kept. */
  async lines(choice: TableChoice): Promise<readonly CellLine[]> {
    const { models, rows } = this.rooms;
    const lines: CellLine[] = [];
    for (const method of choice.methods) {
      if (playable(method, choice, models).kind !== 'yes') continue;
      const { identity, setting } = this.acting(method, choice);
      const kept = await rows.seeds(identity);
      for (const environment of choice.environments) {
        const seeds = choice.seeds.flatMap(
          (seed) =>
            kept.find(
              (row) => row.method === method && row.environment === environment && row.seed === seed,
            ) ?? [],
        );
        if (seeds.length === 0) continue;
        const [{ policy, backend }] = seeds;
        lines.push(
          ...linesOf({
            method,
            environment,
            policy,
            backend,
            seeds: seeds.map(({ seed }) => seed),
            episodesPerSeed: choice.episodesPerSeed,
            bySeed: seeds.map(({ values }) => values),
            setting,
          }),
        );
      }
    }
    return lines;
  }

  async differences({ lines, reference }: Args<'tableDifferences'>): Promise<readonly CellLine[]> {
    const plain = lines.filter(({ against }) => against === undefined);
    return plain.flatMap((line) => {
      const other = plain.find(
        (one) =>
          one.method === reference &&
          one.environment === line.environment &&
          one.metric === line.metric &&
          versionOf(one) === versionOf(line),
      );
      const pair = other && onCommonSeeds(line, other);
      const difference = pair && differenceLine(...pair);
      return difference ? [{ ...difference, metric: line.metric }] : [];
    });
  }

  async episodes({ by, ...cell }: Args<'cellEpisodes'>): Promise<TableCalls['cellEpisodes']['result']> {
    const { method, environment } = cell;
    const { models, rows } = this.rooms;
    const player = by ? playerHere(method, by, models) : playerOf(cell, models);
    const { episodesPerSeed } = cell;
    const kept =
      player.kind === 'here'
        ? await rows.seeds(this.acting(method, { ...player.player, episodesPerSeed }).identity)
        : [];
    const seeds = cell.seeds.map((seed) => {
      const row = kept.find(
        (one) => one.method === method && one.environment === environment && one.seed === seed,
      );
      return episodesOf(cell, seed, row?.ends);
    });
    return { seeds, player };
  }

  /** As the command prints them: cell by cell, each with its difference to the reference. */
  async exported(choice: TableChoice): Promise<TableCalls['exportTable']['result']> {
    const all = await this.lines(choice);
    const printed = choice.environments.flatMap((environment) => {
      const here = all.filter((line) => line.environment === environment);
      const scores = here.filter(({ metric }) => metric === 'score');
      const reference = scores.find(({ method }) => method === REFERENCE);
      return referenceFirst(choice.methods).flatMap((method) => {
        const score = scores.find((line) => line.method === method);
        const difference = score && reference ? differenceLine(score, reference) : null;
        return [...here.filter((line) => line.method === method), ...(difference ? [difference] : [])];
      });
    });
    const text = printed.map((line) => `${JSON.stringify(line)}\n`).join('');
    return { file: 'agemem-table.jsonl', data: new Blob([text], { type: 'application/jsonl' }) };
  }

  async replay({ seed, ...cell }: Args<'replayCell'>, signal: AbortSignal): Promise<CellSeed> {
    const acting = this.acting(cell.method, cell);
    return replayed(cell, seed, { ...this.rooms, acting, signal });
  }

  async baseline({ task, ...cell }: Args<'baselineEpisode'>, signal: AbortSignal): Promise<BaselineEpisode> {
    const acting = this.acting(cell.method, cell);
    return baselineEpisode(cell, task.seed, { ...this.rooms, acting, signal });
  }

  async forget(): Promise<TableState> {
    await this.run.stop('user');
    await this.rooms.rows.clear();
    this.run.reset();
    return this.run.state;
  }

  /** A run that plays with what is about to change ends. */
  async leave(by: 'model' | 'weights'): Promise<void> {
    const { playing } = this.run;
    if (playing?.reader !== 'model') return;
    if (by === 'weights' && playing.adapter !== 'trained') return;
    await this.run.stop(by);
  }

  private acting(method: MethodId, player: TablePlayer & { readonly episodesPerSeed: number }): Acting {
    return actingFor(method, player, this.rooms, player.episodesPerSeed);
  }
}

/** Both lines on the seeds that both have, as a run under way has fewer than its reference; null: they share none. */
function onCommonSeeds(line: CellLine, other: CellLine): readonly [CellLine, CellLine] | null {
  const seeds = line.seeds.filter((seed) => other.seeds.includes(seed));
  if (seeds.length === 0) return null;
  const cut = (one: CellLine): CellLine => ({
    ...one,
    seeds,
    values: seeds.map((seed) => one.values[one.seeds.indexOf(seed)]),
    n: (one.n / one.seeds.length) * seeds.length,
  });
  return [cut(line), cut(other)];
}
