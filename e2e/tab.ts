/**
 * The lab in a tab that can be hidden, frozen and stopped. Playwright makes every page of its own believe that it
 * is focused and on view, and starts Chromium so that it spares hidden tabs; here the browser treats the
 * tab as it treats anybody's. It is driven by the protocol alone: scripts in the page, and the browser's own
 * switches for what happens to a tab.
 *
 * Limit: clicks are those of `element.click()`, which no visitor can make on what is covered; the journeys of
 * the other files press for real.
 */
import { type Browser, type CDPSession, chromium } from '@playwright/test';
import { launchOptions } from '../scripts/browser.mjs';

/** What Playwright adds to spare hidden tabs from the browser's savings. */
const SPARED = [
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
  '--disable-background-timer-throttling',
];

interface Answer {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly error?: { readonly message: string };
  readonly result?: unknown;
}

/** News of a target below another; service workers are such targets too. */
interface Attached {
  readonly sessionId: string;
  readonly message?: string;
  readonly targetInfo?: { readonly type: string };
}

/** A target of the browser (page or worker), reached through the session of its parent. */
export class Target {
  private readonly waiting = new Map<number, (answer: Answer) => void>();
  private readonly heard: ((answer: Answer) => void)[] = [];
  private calls = 0;

  constructor(private readonly post: (message: string) => unknown) {}

  receive(message: string): void {
    const answer = JSON.parse(message) as Answer;
    if (answer.id === undefined) for (const listener of this.heard) listener(answer);
    else this.waiting.get(answer.id)?.(answer);
  }

  async send(method: string, params: object = {}): Promise<unknown> {
    const id = ++this.calls;
    const answer = await new Promise<Answer>((resolve) => {
      this.waiting.set(id, resolve);
      this.post(JSON.stringify({ id, method, params }));
    });
    this.waiting.delete(id);
    if (answer.error) throw new Error(`${method}: ${answer.error.message}`);
    return answer.result;
  }

  /** The value of an expression, awaited; what it throws is thrown. */
  async evaluate<T>(expression: string): Promise<T> {
    const { result, exceptionDetails } = (await this.send('Runtime.evaluate', {
      expression,
      awaitPromise: true,
      returnByValue: true,
    })) as { result: { value: T }; exceptionDetails?: { exception?: { description?: string } } };
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? 'the page threw');
    return result.value;
  }

  /** The worker this page started first. */
  async worker(): Promise<Target> {
    const attached = new Promise<Target>((resolve) => {
      let worker: { readonly session: string; readonly target: Target } | undefined;
      this.heard.push(({ method, params }) => {
        const { sessionId, message, targetInfo } = params as Attached;
        if (method === 'Target.receivedMessageFromTarget' && sessionId === worker?.session) {
          worker.target.receive(message ?? '');
        }
        if (method !== 'Target.attachedToTarget' || targetInfo?.type !== 'worker' || worker) return;
        const target = new Target(
          (text) => void this.send('Target.sendMessageToTarget', { sessionId, message: text }),
        );
        worker = { session: sessionId, target };
        resolve(target);
      });
    });
    await this.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: false });
    return attached;
  }
}

export class Tabs {
  private constructor(
    private readonly browser: Browser,
    private readonly session: CDPSession,
    private readonly context: string,
  ) {}

  static async launch(): Promise<Tabs> {
    const browser = await chromium.launch({ ...launchOptions(), ignoreDefaultArgs: SPARED });
    const session = await browser.newBrowserCDPSession();
    const { browserContextId } = await session.send('Target.createBrowserContext', {});
    return new Tabs(browser, session, browserContextId);
  }

  async close(): Promise<void> {
    await this.browser.close();
  }

  /** A new tab, in front of the others. */
  async open(url: string): Promise<Target & { readonly id: string }> {
    const { targetId } = await this.session.send('Target.createTarget', {
      url: 'about:blank',
      browserContextId: this.context,
    });
    const { sessionId } = await this.session.send('Target.attachToTarget', { targetId, flatten: false });
    const tab = new Target((message) =>
      this.session.send('Target.sendMessageToTarget', { sessionId, message }),
    );
    this.session.on('Target.receivedMessageFromTarget', (event) => {
      if (event.sessionId === sessionId) tab.receive(event.message);
    });
    await tab.send('Page.navigate', { url });
    return Object.assign(tab, { id: targetId });
  }

  async bringToFront({ id }: { readonly id: string }): Promise<void> {
    await this.session.send('Target.activateTarget', { targetId: id });
  }

  /**
   * Stops every process that computes for pages for so long, as the lid of a laptop does. Needs the signals of
   * Linux and macOS.
   */
  async sleep(milliseconds: number): Promise<void> {
    const { processInfo } = await this.session.send('SystemInfo.getProcessInfo');
    const computing = processInfo.filter(({ type }) => type === 'renderer' || type === 'GPU');
    const signal = (name: 'SIGSTOP' | 'SIGCONT') => {
      for (const { id } of computing) process.kill(id, name);
    };
    signal('SIGSTOP');
    try {
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
    } finally {
      signal('SIGCONT');
    }
  }
}
