/** The launcher's own style sheet, adopted by its shadow root. Two colours may be set by the page as custom properties. */
import { cobalt, ink, paper, shade, signal } from '../tokens/launcher';

export const style = `
:host { all: initial; position: static; }
[hidden] { display: none !important; }
button {
  position: fixed; right: 24px; bottom: calc(24px + env(safe-area-inset-bottom)); z-index: 2147483000;
  display: inline-flex; align-items: center; gap: 8px; height: 52px; padding: 0 20px 0 16px;
  border: 0; border-radius: 26px; cursor: pointer;
  background: var(--visavis-accent, ${cobalt}); color: var(--visavis-on-accent, ${paper});
  font: 500 16px/1 -apple-system, BlinkMacSystemFont, "PingFang SC", "Noto Sans CJK SC", "Microsoft YaHei", "Segoe UI", sans-serif;
  box-shadow: 0 4px 12px ${shade}, 0 12px 32px ${shade};
}
button:focus-visible { outline: 3px solid ${paper}; outline-offset: -6px; }
svg { width: 22px; height: 22px; fill: none; stroke: currentColor; stroke-width: 1.75; stroke-linecap: round; stroke-linejoin: round; }
b {
  position: absolute; top: -4px; right: -2px; min-width: 20px; height: 20px; padding: 0 5px; box-sizing: border-box;
  border-radius: 10px; background: ${signal}; color: ${paper}; font-size: 12px; line-height: 20px; text-align: center;
}
iframe {
  position: fixed; right: 32px; bottom: 20px; z-index: 2147483001;
  width: 400px; height: min(800px, calc(100dvh - 40px)); border: 0; border-radius: 16px;
  background: transparent; color-scheme: normal; box-shadow: 0 4px 12px ${shade}, 0 24px 56px ${shade};
}
p {
  position: fixed; right: 24px; bottom: calc(88px + env(safe-area-inset-bottom)); z-index: 2147483001;
  width: min(320px, calc(100vw - 32px)); margin: 0; padding: 16px; box-sizing: border-box; border-radius: 12px;
  background: ${paper}; color: ${ink}; box-shadow: 0 4px 12px ${shade}, 0 12px 32px ${shade};
  font: 16px/24px -apple-system, BlinkMacSystemFont, "PingFang SC", "Noto Sans CJK SC", "Microsoft YaHei", "Segoe UI", sans-serif;
}
@media (max-width: 599px) {
  p { right: 16px; }
  iframe { inset: 0; width: 100%; height: 100dvh; border-radius: 0; box-shadow: none; }
  button { right: 16px; bottom: calc(16px + env(safe-area-inset-bottom)); }
}
@media print { button, iframe, p { display: none; } }
`;
