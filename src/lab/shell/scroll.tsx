/**
 * What is wider than its place and scrolls within it. A stop for the Tab key, so that arrow keys scroll it, only while
 * there is something to scroll: otherwise it would be one stop more that does nothing.
 */
import { type ReactNode, type Ref, useCallback, useLayoutEffect, useRef, useState } from 'react';
import { say } from '../language/language';

interface ScrollProps {
  /** What screen readers call it; by default that it is a table and scrolls. */
  readonly label?: string;
  readonly className?: string;
  /** The element that scrolls, for those who fill it themselves. */
  readonly place?: Ref<HTMLDivElement>;
  readonly children?: ReactNode;
}

export function Scroll({ label, className = '', place, children }: ScrollProps) {
  const own = useRef<HTMLDivElement>(null);
  const [scrolls, setScrolls] = useState(false);
  const hold = useCallback(
    (node: HTMLDivElement | null) => {
      own.current = node;
      if (typeof place === 'function') place(node);
      else if (place) place.current = node;
    },
    [place],
  );
  useLayoutEffect(() => {
    const node = own.current;
    if (!node) return;
    const look = () =>
      setScrolls(node.scrollWidth > node.clientWidth || node.scrollHeight > node.clientHeight);
    const observer = new ResizeObserver(look);
    observer.observe(node);
    for (const child of node.children) observer.observe(child);
    return () => observer.disconnect();
  }, []);
  const stop = scrolls
    ? { role: 'group', tabIndex: 0, 'aria-label': label ?? say('A table that scrolls sideways') }
    : {};
  return (
    <div ref={hold} className={`scroll ${className}`} {...stop}>
      {children}
    </div>
  );
}
