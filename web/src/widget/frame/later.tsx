/** A screen that is fetched when it is first needed, so that the first one stays small. */
import { type ReactNode, useEffect, useState } from 'react';

export function later<P extends object>(load: () => Promise<(props: P) => ReactNode>) {
  let found: ((props: P) => ReactNode) | undefined;
  // biome-ignore lint/correctness/noComponentHookFactories: called once a screen, at module level
  return function Later(props: P): ReactNode {
    const [Screen, set] = useState(() => found);
    useEffect(() => {
      if (!Screen) {
        load().then((one) => {
          found = one;
          set(() => one);
        });
      }
    }, [Screen]);
    return Screen ? <Screen {...props} /> : null;
  };
}
