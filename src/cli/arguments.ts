/**
 * Command-line options: typed, strict, with words instead of stack traces. `npm run x -- --help` prints
 * the table a command declares.
 */
import { parseArgs } from 'node:util';

export class UsageError extends Error {
  constructor(message: string) {
    super(`${message} Run with --help for the options.`);
    this.name = 'UsageError';
  }
}

export interface OptionSpec {
  readonly type: 'string' | 'boolean';
  readonly help: string;
  readonly default?: string;
}

export class Arguments {
  private constructor(private readonly values: { readonly [name: string]: string | boolean | undefined }) {}

  /** Null after printing help. Throws `UsageError` on unknown options. */
  static parse(
    args: readonly string[],
    description: string,
    specs: { readonly [name: string]: OptionSpec },
  ): Arguments | null {
    // npm and the runner may leave the separator in place.
    const given = args.filter((arg) => arg !== '--');
    if (given.includes('--help')) {
      const lines = Object.entries(specs).map(
        ([name, spec]) =>
          `  --${name}${spec.type === 'string' ? ' VALUE' : ''}  ${spec.help}${spec.default ? ` (default ${spec.default})` : ''}`,
      );
      process.stdout.write(`${description}\n${lines.join('\n')}\n`);
      return null;
    }
    try {
      const { values } = parseArgs({
        args: given,
        options: Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, { type: spec.type }])),
        strict: true,
        allowPositionals: false,
      });
      const defaults = Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, spec.default]));
      return new Arguments({ ...defaults, ...values } as { [name: string]: string | boolean | undefined });
    } catch (error) {
      throw new UsageError(error instanceof Error ? `${error.message}.` : String(error));
    }
  }

  has(name: string): boolean {
    return this.values[name] === true;
  }

  text(name: string): string | undefined {
    const value = this.values[name];
    return typeof value === 'string' ? value : undefined;
  }

  /** A whole number of at least `least`. */
  whole(name: string, least = 0): number {
    const text = this.text(name);
    const value = Number(text);
    if (!text?.trim() || !Number.isInteger(value) || value < least) {
      throw new UsageError(`--${name} takes a whole number of at least ${least}, not "${text ?? ''}".`);
    }
    return value;
  }

  choice<T extends string>(name: string, choices: readonly T[]): T {
    const text = this.text(name);
    const found = choices.find((choice) => choice === text);
    if (found === undefined) {
      throw new UsageError(`--${name} takes one of ${choices.join(', ')}, not "${text ?? ''}".`);
    }
    return found;
  }
}
