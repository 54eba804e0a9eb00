/**
 * A browser with a profile of its own on disk, started as anybody starts it and not by Playwright, so that it can
 * be killed in the middle of its work and started again on what it left behind.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { type Browser, type BrowserContext, chromium } from '@playwright/test';
import { launchOptions } from '../scripts/browser.mjs';

/** Longer than any browser takes to say where it listens. Milliseconds. */
const PATIENCE = 60_000;

export class OwnBrowser {
  private constructor(
    private readonly program: ChildProcess,
    private readonly browser: Browser,
    readonly context: BrowserContext,
  ) {}

  /** @param profile a folder; made if it is not there */
  static async launch(profile: string): Promise<OwnBrowser> {
    const { executablePath = chromium.executablePath(), args } = launchOptions();
    const program = spawn(
      executablePath,
      ['--headless', '--remote-debugging-port=0', `--user-data-dir=${profile}`, ...args, 'about:blank'],
      // A process group of its own, which can be killed as a whole.
      { detached: true, stdio: ['ignore', 'ignore', 'pipe'] },
    );
    try {
      const browser = await chromium.connectOverCDP(await addressOf(program));
      return new OwnBrowser(program, browser, browser.contexts()[0]);
    } catch (error) {
      killGroup(program);
      throw error;
    }
  }

  /** As the system does when memory is short, or a person who has lost patience. */
  async kill(): Promise<void> {
    const ended = once(this.program, 'exit');
    killGroup(this.program);
    await ended;
    // Storage is written by a process of its own: none may be left when the next browser opens the profile.
    while (groupLives(this.program)) await new Promise((resolve) => setTimeout(resolve, 5));
    await this.browser.close().catch(() => undefined);
  }

  /** As the user closes it. */
  async close(): Promise<void> {
    const ended = once(this.program, 'exit');
    const session = await this.browser.newBrowserCDPSession();
    // The connection ends before there is an answer.
    await session.send('Browser.close').catch(() => undefined);
    await ended;
  }
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // Gone already.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function groupLives({ pid }: ChildProcess): boolean {
  if (pid === undefined) return false;
  try {
    process.kill(-pid, 0);
    return true;
  } catch {
    return false;
  }
}

function addressOf(program: ChildProcess): Promise<string> {
  const { stderr } = program;
  if (!stderr) throw new Error('The browser was started without its error output.');
  return new Promise((resolve, reject) => {
    const said: string[] = [];
    const giveUp = (why: string) => reject(new Error(`The browser ${why}:\n${said.join('\n')}`));
    const timer = setTimeout(() => giveUp('does not say where it listens'), PATIENCE);
    program.once('exit', () => giveUp('ended'));
    createInterface(stderr).on('line', (line) => {
      said.push(line);
      const address = /DevTools listening on (ws:\S+)/.exec(line)?.[1];
      if (!address) return;
      clearTimeout(timer);
      resolve(address);
    });
  });
}
