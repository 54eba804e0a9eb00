/**
 * Why a provider cannot open a model, or stopped computing with it. All of them end at the page, which shows what
 * happened and what to do as two sentences; a provider knows the second best, so its errors carry it.
 */
export class ProviderError extends Error {
  constructor(
    /** Stable, e.g. `transformers-memory`; begins with the provider. */
    readonly code: string,
    message: string,
    /** A sentence, to whoever chose the model. */
    readonly whatToDo: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = new.target.name;
  }
}
