/** Large type for a wall: a mark on the root that the style sheets read, and the key that sets it. */
import { useEffect, useLayoutEffect } from 'react';

/** A key that types nothing: letters would be in the way of people who steer by voice (WCAG 2.1.4). */
export const PRESENT_KEY = 'F2';

export function usePresenter(present: boolean, onChange: (present: boolean) => void): void {
  useLayoutEffect(() => {
    document.documentElement.toggleAttribute('data-present', present);
  }, [present]);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key !== PRESENT_KEY || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey)
        return;
      event.preventDefault();
      onChange(!present);
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, [present, onChange]);
}
