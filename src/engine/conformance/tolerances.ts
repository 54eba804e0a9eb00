/**
 * The limits of a fixtures folder, `tolerances.json`: `{"quantities": {NAME: {"limit": 1e-5, …}}}`.
 *
 * A folder may lack the file, or the entry of a quantity that it holds numbers for. The limit is then the one
 * recommended by the fixtures' README for float32 (measured there against float64 with a margin for other
 * orders of summation); where the README has none (metrics, norms of single losses) the limit of the
 * quantity's nearest kin. A step of AdamW that the table does not name has the limit of any other step.
 */
import { ModelFileError } from '../errors';
import { isJsonObject, type JsonObject } from '../model/json-file';

/** In the words of the README's table; `step*` stands for every step. */
export const RECOMMENDED_LIMITS: Readonly<Record<string, number>> = {
  'adamw.grad_norms': 2e-5,
  'adamw.losses': 1e-5,
  'adamw.state': 2e-4,
  'adamw.step*.change': 3e-4,
  'adamw.step*.change_from_given_gradients': 5e-5,
  'adamw.step*.weights': 1e-4,
  'base.grad_norm': 1e-5,
  'base.gradients': 5e-5,
  'base.loss': 1e-5,
  'cases.advantages_absolute': 1e-5,
  'cases.advantages_absolute_large_offset': 1e-3,
  'cases.gradient_elementwise': 1e-4,
  'cases.loss_over_max(1,loss)': 1e-5,
  'cases.metrics': 1e-5,
  'forward.entropy': 1e-5,
  'forward.hidden': 1e-5,
  'forward.logits': 1e-5,
  'forward.next_logprob': 1e-5,
  'formats.differences': 0,
  'lora.grpo.gradients': 5e-5,
  'lora.grpo.loss': 1e-5,
  'lora.grad_norm': 2e-5,
  'lora.logits': 1e-5,
  'lora.pg.gradients': 5e-5,
  'lora.pg.loss': 1e-5,
  // A folder, or part of one, that could not be opened; never measured.
  open: 0,
};

export class Tolerances {
  private constructor(private readonly limits: ReadonlyMap<string, number>) {}

  /** @throws ModelFileError for limits that are no numbers */
  static read(json: JsonObject | undefined): Tolerances {
    const limits = new Map<string, number>();
    const quantities = json?.quantities;
    if (json && !isJsonObject(quantities)) {
      throw new ModelFileError('fixture-field', 'tolerances.json: "quantities" must be an object.');
    }
    for (const [name, entry] of Object.entries(isJsonObject(quantities) ? quantities : {})) {
      const limit = isJsonObject(entry) ? entry.limit : entry;
      if (typeof limit !== 'number' || !(limit >= 0)) {
        throw new ModelFileError(
          'fixture-field',
          `tolerances.json: the limit of "${name}" is ${JSON.stringify(limit)}; expected a number of at least 0.`,
        );
      }
      limits.set(name, limit);
    }
    return new Tolerances(limits);
  }

  /** @throws ModelFileError `no-tolerance` for a quantity that neither the folder nor the README knows */
  limit(quantity: string): number {
    const general = quantity.replace(/\.step\d+\./, '.step*.');
    const limit = this.limits.get(quantity) ?? RECOMMENDED_LIMITS[general];
    if (limit === undefined) {
      throw new ModelFileError('no-tolerance', `tolerances.json has no limit for "${quantity}".`);
    }
    return limit;
  }
}
