/**
 * Asks for the newest only: while an answer is under way, further wishes replace one another, and the last of
 * them is asked when the answer is there. So typing is as quick as the worker answers, without a clock.
 */
export class Latest<Wish> {
  private under = false;
  private next: { readonly wish: Wish } | null = null;

  /** `ask` carries out a wish and never rejects. */
  constructor(private readonly ask: (wish: Wish) => Promise<void>) {}

  want(wish: Wish): void {
    this.next = { wish };
    if (!this.under) void this.work();
  }

  private async work(): Promise<void> {
    this.under = true;
    try {
      for (let next = this.next; next; next = this.next) {
        this.next = null;
        await this.ask(next.wish);
      }
    } finally {
      this.under = false;
    }
  }
}
