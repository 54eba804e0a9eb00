/**
 * The lessons, beside the page they speak of: a list, and one lesson at a time. Loaded when first asked for, with KaTeX
 * and its fonts.
 */
import '../styles/lessons.css';
import { useEffect, useRef, useState } from 'react';
import { say } from '../language/language';
import { usePartRules } from '../shell/use-part-rules';
import type { LabController } from '../state/controller';
import type { LabState } from '../state/lab-state';
import { ClassForm } from './class-form';
import { givenBack, lend, NOTHING_LENT } from './lent-settings';
import type { Lesson, Setup } from './lesson';
import { LessonView } from './lesson-view';
import { LESSONS } from './lessons';
import { loadProgress, movedTo, NOTHING_DONE, type Progress, passedAlso, saveProgress } from './progress';

interface LessonsPanelProps {
  readonly state: LabState;
  readonly lab: LabController;
}

const NOTHING_HIDDEN = [] as const;

export default function LessonsPanel({ state, lab }: LessonsPanelProps) {
  const [progress, put] = useState(loadProgress);
  const lent = useRef(NOTHING_LENT);
  const set = (setup: Setup) => {
    lent.current = lend(lent.current, state.address, setup);
    void lab.go(setup);
  };
  const change = (next: Progress) => {
    put(next);
    saveProgress(next);
  };
  const { lesson: number } = state.address;
  const lesson = number === null ? undefined : LESSONS[number - 1];
  const at = lesson ? Math.min(progress.at[lesson.id] ?? 0, lesson.steps.length) : 0;
  const pointed = lesson ? ((lesson.steps[at] ?? lesson.question).at ?? null) : null;
  usePartRules(NOTHING_HIDDEN, pointed);
  const blocked = !state.ready || state.busy !== null || state.training.state.kind === 'running';
  const open = (next: number | null) => {
    const setup: Setup = next !== null && !blocked ? (LESSONS[next - 1]?.begin ?? {}) : {};
    const { view } = state.address;
    lent.current = lend(lent.current, state.address, setup);
    // From the list the view stays that of the lessons; the list itself is that view without a lesson.
    void lab.go({ ...setup, lesson: next, view: next === null ? 'lessons' : view });
  };
  return (
    <aside className="lessons" aria-label={say('Lessons')}>
      <div className="lessons-head">
        {number !== null && (
          <button type="button" className="plain" onClick={() => open(null)}>
            {say('All lessons')}
          </button>
        )}
        <button
          type="button"
          className="plain"
          onClick={() =>
            void lab.go({ ...givenBack(lent.current, state.address), lesson: null, view: 'episode' })
          }
        >
          {say('Close the lessons')}
        </button>
      </div>
      {lesson && number !== null ? (
        <LessonView
          key={lesson.id}
          lesson={lesson}
          number={number}
          of={LESSONS.length}
          at={at}
          passedBefore={progress.passed.includes(lesson.id)}
          state={state}
          blocked={blocked}
          onStep={(step) => change(movedTo(progress, lesson.id, step))}
          onPassed={() => change(passedAlso(progress, lesson.id))}
          onSet={set}
          onShow={(name) => void lab.go({ hide: state.address.hide.filter((hidden) => hidden !== name) })}
          onNext={number < LESSONS.length ? () => open(number + 1) : null}
        />
      ) : (
        <LessonList progress={progress} missing={number} onOpen={open} onForget={() => change(NOTHING_DONE)}>
          <ClassForm address={state.address} lab={lab} />
        </LessonList>
      )}
    </aside>
  );
}

interface LessonListProps {
  readonly progress: Progress;
  /** Number of a lesson that was asked for and is not there. */
  readonly missing: number | null;
  readonly onOpen: (number: number) => void;
  readonly onForget: () => void;
  readonly children: React.ReactNode;
}

function LessonList({ progress, missing, onOpen, onForget, children }: LessonListProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  const done = LESSONS.filter(({ id }) => progress.passed.includes(id)).length;
  return (
    <>
      <h2 ref={heading} tabIndex={-1}>
        {say('Lessons')}
      </h2>
      {missing !== null && (
        <p className="notice">
          {say('There is no lesson {missing}. These are the {all} there are.', {
            missing,
            all: LESSONS.length,
          })}
        </p>
      )}
      <p className="quiet">
        {say(
          'Each takes some minutes, drives the page beside it, and ends with something to find. {done} of {all} done; that is kept in this browser only.',
          { done, all: LESSONS.length },
        )}
      </p>
      <ol className="lesson-list">
        {LESSONS.map((lesson, index) => (
          <LessonLine
            key={lesson.id}
            lesson={lesson}
            number={index + 1}
            done={progress.passed.includes(lesson.id)}
            onOpen={onOpen}
          />
        ))}
      </ol>
      {progress !== NOTHING_DONE && (progress.passed.length > 0 || Object.keys(progress.at).length > 0) && (
        <button type="button" className="plain" onClick={onForget}>
          {say('Forget my progress')}
        </button>
      )}
      {children}
    </>
  );
}

interface LessonLineProps {
  readonly lesson: Lesson;
  readonly number: number;
  readonly done: boolean;
  readonly onOpen: (number: number) => void;
}

function LessonLine({ lesson, number, done, onOpen }: LessonLineProps) {
  return (
    <li>
      <button type="button" onClick={() => onOpen(number)}>
        <span className="lesson-number" aria-hidden="true">
          {done ? '✓' : number}
        </span>
        <span>
          <strong>{say(lesson.title)}</strong>
          {done && <span className="visually-hidden"> {say('(done)')}</span>}
          <span className="quiet">{say(lesson.about)}</span>
        </span>
      </button>
    </li>
  );
}
