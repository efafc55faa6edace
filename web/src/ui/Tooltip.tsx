/** The name of an icon, shown on hover and focus: one small box for the whole page, drawn when it is first wanted. */
import css from './overlays.module.css';

/** How long (ms) a hand rests on a control before its name is shown, and how long the name stays without it. */
const REST_MS = 500;
const STAY_MS = 100;
const GAP = 6;
const MARGIN = 8;

let box: HTMLElement | undefined;
let named: Element | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Marks a control of which the name (`aria-label`) is shown; spread over it. */
export const hinted = { 'data-hint': '' };

function show(control: Element): void {
  const text = control.isConnected ? control.getAttribute('aria-label') : '';
  if (!text) return;
  if (!box) {
    box = document.createElement('div');
    box.className = css.tooltip ?? '';
    // It repeats what assistive technology has heard already, and belongs to whatever layer is on top.
    box.ariaHidden = 'true';
    box.dataset.reactAriaTopLayer = 'true';
  }
  named = control;
  box.textContent = text;
  document.body.append(box);
  const at = control.getBoundingClientRect();
  const { width, height } = box.getBoundingClientRect();
  const left = at.left + (at.width - width) / 2;
  const above = at.top - height - GAP;
  box.style.left = `${Math.max(MARGIN, Math.min(left, innerWidth - width - MARGIN))}px`;
  box.style.top = `${above < MARGIN ? at.bottom + GAP : above}px`;
}

function hide(): void {
  clearTimeout(timer);
  box?.remove();
  named = undefined;
}

const later = (act: () => void, after: number): void => {
  clearTimeout(timer);
  timer = setTimeout(act, after);
};

/** Begins to show names; once in each application. */
export function installHints(): void {
  const over = (event: PointerEvent) => {
    if (event.pointerType === 'touch' || !(event.target instanceof Element)) return;
    const control = event.target.closest('[data-hint]') ?? undefined;
    if (control && control === named) clearTimeout(timer);
    else if (box?.contains(event.target)) clearTimeout(timer);
    else if (control) later(() => show(control), REST_MS);
    else if (named) later(hide, STAY_MS);
    else clearTimeout(timer);
  };
  addEventListener('pointerover', over, { passive: true });
  addEventListener('pointerdown', hide, { passive: true, capture: true });
  addEventListener('scroll', hide, { passive: true, capture: true });
  addEventListener('keydown', hide, { capture: true });
  addEventListener('focusin', ({ target }) => {
    if (!(target instanceof Element)) return;
    hide();
    if (target.matches('[data-hint]:focus-visible')) show(target);
  });
  addEventListener('focusout', hide);
}
