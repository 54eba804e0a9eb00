/** A script that comes late: asked for when it is first wanted, once; and what is said and done where it does not come. */
import { act, type ComponentType, type ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { phrase, speak } from '../language/language';
import { LatePanel, lateView } from './late-panel';

interface GreetingProps {
  readonly name: string;
}
type Script = { readonly default: ComponentType<GreetingProps> };

const SCRIPT: Script = { default: ({ name }) => <p className="greeting">Hello {name}</p> };

/** A script whose arrival the test decides. */
class Road {
  private readonly waiting: { arrive(script: Script): void; fail(error: Error): void }[] = [];
  readonly load = () =>
    new Promise<Script>((arrive, fail) => {
      this.waiting.push({ arrive, fail });
    });
  get asked(): number {
    return this.waiting.length;
  }
  readonly arrive = () => act(async () => this.waiting.at(-1)?.arrive(SCRIPT));
  readonly break = () => act(async () => this.waiting.at(-1)?.fail(new TypeError('Failed to fetch')));
}

let page: HTMLElement;
let draw: (what: ReactNode) => Promise<void>;
let unmount: () => void;

const alert = () => page.querySelector('[role="alert"]');
const button = (name: string) =>
  [...page.querySelectorAll('button')].find(({ textContent }) => textContent === name);
const press = (name: string) => act(async () => button(name)?.click());

beforeEach(() => {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
  page = document.body.appendChild(document.createElement('div'));
  const root = createRoot(page);
  draw = (what) => act(async () => root.render(what));
  unmount = () => root.unmount();
});

afterEach(async () => {
  await act(async () => unmount());
  page.remove();
  await speak('en');
});

test('it says that it is coming, and is drawn when it is here', async () => {
  const road = new Road();
  const View = lateView(road.load);
  expect(road.asked).toBe(0);
  await draw(<View name="Ada" />);
  expect(page.textContent).toBe('Loading …');
  await road.arrive();
  expect(page.textContent).toBe('Hello Ada');
  await draw(<View name="Alan" />);
  expect(page.textContent).toBe('Hello Alan');
});

test('it is fetched once, however many draw it, and drawn at once where it is here', async () => {
  const road = new Road();
  const View = lateView(road.load);
  await draw([<View key="a" name="Ada" />, <View key="b" name="Alan" />]);
  await road.arrive();
  expect(page.querySelectorAll('.greeting')).toHaveLength(2);
  await draw(null);
  await draw(<View name="Grace" />);
  expect(page.textContent).toBe('Hello Grace');
  expect(road.asked).toBe(1);
});

test('a script that cannot be loaded says so, and can be asked for again until it comes', async () => {
  const road = new Road();
  const View = lateView(road.load, { what: phrase('The lessons'), coming: phrase('Loading the lessons …') });
  await draw(<View name="Ada" />);
  await road.break();
  expect(alert()?.textContent).toContain('The lessons could not be loaded. Try again, or reload the page;');
  expect(button('Reload')).toBeDefined();
  await press('Try again');
  expect(road.asked).toBe(2);
  expect(page.textContent).toBe('Loading the lessons …');
  await road.break();
  expect(alert()).not.toBeNull();
  await press('Try again');
  await road.arrive();
  expect(page.textContent).toBe('Hello Ada');
  expect(road.asked).toBe(3);
});

test('what did not come is asked for once more when it is drawn anew', async () => {
  const road = new Road();
  const View = lateView(road.load);
  await draw(<View name="Ada" />);
  await road.break();
  await draw(null);
  await draw(<View name="Ada" />);
  expect(road.asked).toBe(2);
  await road.arrive();
  expect(page.textContent).toBe('Hello Ada');
});

test('what is said follows the language', async () => {
  const road = new Road();
  const View = lateView(road.load);
  await draw(<View name="Ada" />);
  await road.break();
  await act(async () => {
    await speak('zh');
  });
  expect(button('重试')).toBeDefined();
  expect(alert()?.textContent).toContain('无法载入');
});

test('a panel asks for what is inside when its door is opened, and not while it is closed', async () => {
  const road = new Road();
  const View = lateView(road.load);
  const panel = (closed: boolean, wanted = false) => (
    <LatePanel title="Greeting" door="Greet" closed={closed} wanted={wanted}>
      <View name="Ada" />
    </LatePanel>
  );
  await draw(panel(true));
  expect(button('Greet')?.disabled).toBe(true);
  await press('Greet');
  expect(road.asked).toBe(0);
  await draw(panel(false));
  await press('Greet');
  expect(road.asked).toBe(1);
  expect(button('Greet')).toBeUndefined();
  await road.arrive();
  expect(page.querySelector('section')?.textContent).toBe('GreetingHello Ada');
});

test('a panel that a link asks for opens by itself, at once or later, and stays open', async () => {
  const road = new Road();
  const View = lateView(road.load);
  const panel = (wanted: boolean) => (
    <LatePanel title="Greeting" door="Greet" wanted={wanted}>
      <View name="Ada" />
    </LatePanel>
  );
  await draw(panel(false));
  expect(road.asked).toBe(0);
  await draw(panel(true));
  await road.arrive();
  await draw(panel(false));
  expect(page.querySelector('.greeting')).not.toBeNull();
});
