/** A sentence with elements among its words, in the order that the language on view has. */
import { Fragment, type ReactNode } from 'react';
import { wordsOf } from './language';

interface SayProps {
  /** A literal: `language.test.ts` reads it here. */
  readonly text: string;
  /** What stands for the names in braces. */
  readonly with: Readonly<Record<string, ReactNode>>;
}

export function Say({ text, with: values }: SayProps) {
  return wordsOf(text)
    .split(/(\{\w+\})/)
    .map((part, place) => {
      const name = /^\{(\w+)\}$/.exec(part)?.[1];
      // biome-ignore lint/suspicious/noArrayIndexKey: parts of a sentence have no identity but their place
      return <Fragment key={place}>{name !== undefined && name in values ? values[name] : part}</Fragment>;
    });
}
