import { existsSync, readFileSync } from 'node:fs';
import openapi, { astToString, COMMENT_HEADER } from 'openapi-typescript';
import { expect, it } from 'vitest';

const contract = `${process.cwd()}/../openapi.json`;

// The interface may be built and tested without the server's sources beside it.
it.skipIf(!existsSync(contract))(
  'is made from the committed openapi.json',
  async () => {
    const made = COMMENT_HEADER + astToString(await openapi(new URL(`file://${contract}`)));
    expect(readFileSync(`${process.cwd()}/src/api/schema.d.ts`, 'utf8')).toBe(made);
  },
  30_000,
);
