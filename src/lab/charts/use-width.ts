/** The width an element has on the page, in CSS pixels: charts are drawn for it, so their letters keep their size. */
import { type RefObject, useLayoutEffect, useState } from 'react';

/** @param otherwise until it is known */
export function useWidth(of: RefObject<Element | null>, otherwise: number): number {
  const [width, measure] = useState(otherwise);
  useLayoutEffect(() => {
    const node = of.current;
    if (!node) return;
    measure(node.clientWidth || otherwise);
    const observer = new ResizeObserver(() => measure(node.clientWidth || otherwise));
    observer.observe(node);
    return () => observer.disconnect();
  }, [of, otherwise]);
  return width;
}
