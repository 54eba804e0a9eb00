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
  private constructor(
    private readonly values: { readonly [name: string]: string | boolean | undefined },
    /** What was given without a name, in order. */
    readonly positionals: readonly string[],
  ) {}

  /**
   * Null after printing help. Throws `UsageError` on unknown options.
   * @param positional what words without a name mean; left out: they are refused
   */
  static parse(
    args: readonly string[],
    description: string,
    specs: { readonly [name: string]: OptionSpec },
    positional?: string,
  ): Arguments | null {
    // npm and the runner may leave the separator in place.
    const given = args.filter((arg) => arg !== '--');
    if (given.includes('--help')) {
      const lines = Object.entries(specs).map(
        ([name, spec]) =>
          `  --${name}${spec.type === 'string' ? ' VALUE' : ''}  ${spec.help}${spec.default ? ` (default ${spec.default})` : ''}`,
      );
      if (positional) lines.unshift(`  ${positional}`);
      process.stdout.write(`${description}\n${lines.join('\n')}\n`);
      return null;
    }
    try {
      const { values, positionals } = parseArgs({
        args: given,
        options: Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, { type: spec.type }])),
        strict: true,
        allowPositionals: positional !== undefined,
      });
      const defaults = Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, spec.default]));
      const all = { ...defaults, ...values } as { [name: string]: string | boolean | undefined };
      return new Arguments(all, positionals);
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
