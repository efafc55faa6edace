/** WCAG contrast of token pairs: 4.5 for text, 3 for large text, icons and borders that carry meaning. */

export const themes: Record<string, string[]> = {
  light: [':root', '[data-theme="light"]'],
  dark: [':root', '[data-theme="light"]', '[data-theme="dark"]'],
  'high contrast': [':root', '[data-theme="light"]', '[data-contrast="high"]'],
};

export const pairs: [fore: string, ground: string, least: number][] = [
  ['--text', '--canvas', 4.5],
  ['--text-2', '--canvas', 4.5],
  ['--text-3', '--canvas', 4.5],
  ['--accent', '--canvas', 4.5],
  ['--text', '--surface', 4.5],
  ['--text-2', '--surface', 4.5],
  ['--text-3', '--surface', 4.5],
  ['--accent', '--surface', 4.5],
  ['--text', '--surface-2', 4.5],
  ['--text-2', '--surface-2', 4.5],
  ['--text-3', '--surface-2', 4.5],
  ['--accent', '--surface-2', 4.5],
  ['--text', '--surface-3', 4.5],
  ['--text-2', '--surface-3', 4.5],
  ['--text-3', '--surface-3', 4.5],
  ['--accent', '--surface-3', 4.5],
  ['--go', '--canvas', 4.5],
  ['--money', '--canvas', 4.5],
  ['--nudge', '--canvas', 4.5],
  ['--stop', '--canvas', 4.5],
  ['--machine', '--canvas', 4.5],
  ['--go', '--surface', 4.5],
  ['--money', '--surface', 4.5],
  ['--nudge', '--surface', 4.5],
  ['--stop', '--surface', 4.5],
  ['--machine', '--surface', 4.5],
  ['--go', '--surface-2', 4.5],
  ['--money', '--surface-2', 4.5],
  ['--nudge', '--surface-2', 4.5],
  ['--stop', '--surface-2', 4.5],
  ['--machine', '--surface-2', 4.5],
  ['--line-input', '--canvas', 3.0],
  ['--focus', '--canvas', 3.0],
  ['--go-dot', '--canvas', 3.0],
  ['--nudge-dot', '--canvas', 3.0],
  ['--series-1', '--canvas', 3.0],
  ['--series-3', '--canvas', 3.0],
  ['--line-input', '--surface', 3.0],
  ['--focus', '--surface', 3.0],
  ['--go-dot', '--surface', 3.0],
  ['--nudge-dot', '--surface', 3.0],
  ['--series-1', '--surface', 3.0],
  ['--series-3', '--surface', 3.0],
  ['--on-accent', '--accent-fill', 4.5],
  ['--on-accent', '--accent-fill-hover', 4.5],
  ['--on-accent-soft', '--accent-soft', 4.5],
  ['--on-accent-soft', '--accent-soft-2', 4.5],
  ['--accent', '--accent-soft', 4.5],
  ['--text', '--accent-soft', 4.5],
  ['--text-2', '--accent-soft', 4.5],
  ['--text-3', '--accent-soft', 4.5],
  ['--go', '--go-soft', 4.5],
  ['--on-go', '--go-fill', 4.5],
  ['--money', '--money-soft', 4.5],
  ['--nudge', '--nudge-soft', 4.5],
  ['--text', '--nudge-soft', 4.5],
  ['--text-2', '--nudge-soft', 4.5],
  ['--stop', '--stop-soft', 4.5],
  ['--text', '--stop-soft', 4.5],
  ['--text-2', '--stop-soft', 4.5],
  ['--on-stop', '--stop-fill', 4.5],
  ['--machine', '--machine-soft', 4.5],
  ['--text', '--machine-soft', 4.5],
  ['--text-2', '--machine-soft', 4.5],
  ['--text-3', '--machine-soft', 4.5],
  ['--accent', '--machine-soft', 4.5],
  ['--on-rail', '--rail', 4.5],
  ['--on-rail-active', '--rail-active', 4.5],
  ['--on-bubble-in', '--bubble-in', 4.5],
  ['--text-2', '--bubble-in', 4.5],
  ['--text-3', '--bubble-in', 4.5],
  ['--accent', '--bubble-in', 4.5],
  ['--on-bubble-out', '--bubble-out', 4.5],
  ['--bubble-out-meta', '--bubble-out', 4.5],
  ['--on-bubble-note', '--bubble-note', 4.5],
  ['--on-offer', '--offer', 4.5],
  ['--on-offer-2', '--offer', 4.5],
  ['--on-offer', '--offer-2', 4.5],
  ['--on-offer-2', '--offer-2', 4.5],
  ['--offer-money', '--offer', 4.5],
  ['--on-offer-go', '--offer-go', 4.5],
  ['--on-badge', '--badge', 4.5],
  ['--text', '--row-selected', 4.5],
  ['--text-2', '--row-selected', 4.5],
  ['--text-3', '--row-selected', 4.5],
  ['--stop', '--row-selected', 4.5],
  ['--on-mark-hit', '--mark-hit', 4.5],
  ['--on-mark-advise', '--mark-advise', 4.5],
  ['--nudge', '--row-selected', 4.5],
  ['--text', '--go-soft', 4.5],
  ['--text-2', '--go-soft', 4.5],
  ['--on-accent-soft', '--surface', 4.5],
  ['--offer-ring', '--offer', 3.0],
  ['--offer-ring-late', '--offer', 3.0],
  ['--offer-go', '--offer', 3.0],
  ['--text-2', '--meter-off', 3.0],
  ['--on-av-1', '--av-1', 4.5],
  ['--on-av-2', '--av-2', 4.5],
  ['--on-av-3', '--av-3', 4.5],
  ['--on-av-4', '--av-4', 4.5],
  ['--on-av-5', '--av-5', 4.5],
  ['--on-av-6', '--av-6', 4.5],
  ['--text', '--seg-on', 4.5],
];

/** The plain colour of a token under the given selectors, later selectors winning. */
export function resolve(css: string, selectors: string[]): (name: string) => string {
  const values = new Map<string, string>();
  const blocks = [...css.replace(/\/\*[\s\S]*?\*\//g, '').matchAll(/([^{}]+)\{([^{}]*)\}/g)];
  for (const selector of selectors) {
    for (const [, head = '', body = ''] of blocks) {
      if (!head.split(',').some((part) => part.trim() === selector)) continue;
      for (const [, name = '', value = ''] of body.matchAll(/(--[\w-]+)\s*:\s*([^;]+);/g)) {
        values.set(name, value.trim());
      }
    }
  }
  return (name) => {
    let value = values.get(name);
    while (value?.startsWith('var(')) value = values.get(value.slice(4, -1));
    if (value === undefined) throw new Error(`no such token: ${name}`);
    return value;
  };
}

function luminance(colour: string): number {
  if (!/^#[0-9a-f]{6}$/i.test(colour)) throw new Error(`not a plain colour: ${colour}`);
  const [r, g, b] = [1, 3, 5].map((at) => {
    const c = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** The contrast ratio of two colours, 1 to 21 (WCAG 2.2, 1.4.3). */
export function ratio(fore: string, ground: string): number {
  const [high, low] = [luminance(fore), luminance(ground)].sort((a, b) => b - a) as [
    number,
    number,
  ];
  return (high + 0.05) / (low + 0.05);
}
