/** Builds web/dist: applications, widget, launcher; then licences, sizes beside their budgets, and .gz/.br twins. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build } from 'vite';

const dist = new URL('../dist', import.meta.url).pathname;
rmSync(dist, { recursive: true, force: true });
for (const name of ['vite.config.ts', 'vite.widget.config.ts', 'vite.launcher.config.ts']) {
  await build({ configFile: new URL(`../${name}`, import.meta.url).pathname, logLevel: 'warn' });
}

const files = readdirSync(dist, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name));

/** One licence file for the whole of the interface, each part once. */
const parts = files.filter((file) => /license-\w+\.md$/.test(file));
const sections = new Map();
for (const part of parts) {
  const [head, ...rest] = readFileSync(part, 'utf8').split(/^(?=## )/m);
  sections.set('', head);
  for (const section of rest) sections.set(section.split('\n', 1)[0], section);
  rmSync(part);
}
writeFileSync(join(dist, '.vite/license.md'), [...sections.values()].join(''));

/** Gzipped bytes of what a page loads before its first route: the entry script and everything it imports statically. */
function firstLoad(page, extension) {
  const html = readFileSync(join(dist, page), 'utf8');
  const seen = new Set();
  const visit = (path) => {
    if (seen.has(path)) return;
    seen.add(path);
    const text = readFileSync(join(dist, path), 'utf8');
    for (const [, name] of text.matchAll(/(?:from|import)\s*["']\.\/([\w.-]+\.js)["']/g)) {
      visit(`assets/${name}`);
    }
  };
  for (const [, path] of html.matchAll(/(?:src|href)="\/(assets\/[\w.-]+\.(?:js|css))"/g))
    visit(path);
  return [...seen]
    .filter((path) => path.endsWith(extension))
    .reduce((sum, path) => sum + gzipSync(readFileSync(join(dist, path)), { level: 9 }).length, 0);
}

/** The words of the first screen, in the longer of the languages: a page of the client's side loads one of them. */
const words = Math.max(
  ...files
    .filter((file) => /assets\/widget-[\w-]+\.js$/.test(file))
    .map((file) => gzipSync(readFileSync(file), { level: 9 }).length),
);
const launcher = gzipSync(readFileSync(join(dist, 'widget/launcher.js')), { level: 9 }).length;
const budgets = [
  ['widget/launcher.js', launcher, 4_000],
  ['widget/frame.html js', firstLoad('widget/frame.html', '.js') + words, 25_000],
  ['client.html js', firstLoad('client.html', '.js') + words, 25_000],
  ['desk.html js', firstLoad('desk.html', '.js'), 150_000],
  ['desk.html css', firstLoad('desk.html', '.css'), 20_000],
  ['console.html js', firstLoad('console.html', '.js'), 130_000],
];
// An installation must not fail for a kilobyte: tests/browser/test_sizes.py reads this and does.
writeFileSync(join(dist, '.vite/sizes.json'), JSON.stringify(budgets));
for (const [name, bytes, budget] of budgets) {
  const verdict = bytes > budget ? 'OVER' : 'ok';
  console.log(
    `${name.padEnd(24)} ${(bytes / 1000).toFixed(1).padStart(7)} kB gz of ${budget / 1000}  ${verdict}`,
  );
}

for (const file of files) {
  if (!/\.(js|css|html|svg|json|webmanifest)$/.test(file) || relative(dist, file).startsWith('.'))
    continue;
  const bytes = readFileSync(file);
  if (bytes.length < 512) continue;
  writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
  writeFileSync(
    `${file}.br`,
    brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }),
  );
}
