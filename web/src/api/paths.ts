/** The addresses that the server answers, from its committed description: a call to any other is a type error. */
import type { paths } from './schema';

type Answered<Method extends string> = {
  [Path in keyof paths & string]: Method extends keyof paths[Path]
    ? [paths[Path][Method]] extends [undefined]
      ? never
      : Path
    : never;
}[keyof paths & string];

type Fill<Path extends string> = Path extends `${infer Head}{${string}}${infer Tail}`
  ? `${Head}${string}${Fill<Tail>}`
  : Path;

type Plain<Method extends string> = Fill<Answered<Method>>;

/** Every address that takes this method, its parameters filled in, with or without a query. */
export type ApiPath<Method extends string> = Plain<Method> | `${Plain<Method>}?${string}`;
