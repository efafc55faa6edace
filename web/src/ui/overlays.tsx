/** What lies above the page: dialog, drawer, bottom sheet, menu. `Esc` closes the top one and returns focus. */
import {
  cloneElement,
  type ReactElement,
  type ReactNode,
  type RefObject,
  useId,
  useRef,
  useState,
} from 'react';
import { late } from './late';

export interface LayerProps {
  title: string;
  open: boolean;
  onClose: () => void;
  children: ReactNode;
  /** Buttons at the foot, the filled one last. */
  actions?: ReactNode;
  /** Off where a decision must be taken inside. */
  dismissable?: boolean;
  wide?: boolean;
}

export interface SurfaceProps {
  label: string;
  onClose: () => void;
  children: ReactNode;
  /** Class names of what lies around it, of the panel, and of what is in it. */
  ground?: string;
  panel?: string;
  body?: string;
}

export interface MenuEntry {
  id: string;
  text: string;
  icon?: string;
  /** Stands where the icon would. */
  mark?: ReactNode;
  /** What it means, below its name. */
  hint?: string;
  keys?: string;
  /** It is the one in force. */
  on?: boolean;
  danger?: boolean;
  disabled?: boolean;
}

export interface MenuGroup {
  title?: string;
  items: MenuEntry[];
}

interface MenuLook {
  label: string;
  /** Above the entries. */
  head?: ReactNode;
  placement?: 'bottom start' | 'top end' | 'right bottom';
  onAction: (id: string) => void;
}

export interface MenuLayerProps extends MenuLook {
  id: string;
  groups: MenuGroup[];
  trigger: RefObject<HTMLButtonElement | null>;
  /** Which entry has the focus when it opens, or that the menu itself has it. */
  first: 'first' | 'last' | true;
  open: boolean;
  onOpen: (open: boolean) => void;
}

const Layer = late(() => import('./layers').then((m) => m.Layer));
const MenuLayer = late(() => import('./layers').then((m) => m.MenuLayer));

/** A layer of any look: the palette, an offer on a phone. */
export const Surface = late<SurfaceProps>(() => import('./layers').then((m) => m.Surface));

/** Nothing is drawn for what was never open. */
function useOpened(open: boolean): boolean {
  const [opened, setOpened] = useState(open);
  if (open && !opened) setOpened(true);
  return open || opened;
}

/** A question or a small form in the middle of the page. */
export function Dialog(props: LayerProps) {
  return useOpened(props.open) ? <Layer {...props} place="dialog" /> : null;
}

/** A panel from the right edge. */
export function Drawer(props: LayerProps) {
  return useOpened(props.open) ? <Layer {...props} place="drawer" /> : null;
}

/** A panel from the lower edge: phones. */
export function Sheet(props: LayerProps) {
  return useOpened(props.open) ? <Layer {...props} place="sheet" /> : null;
}

interface Pressed {
  pointerType: string;
}

/** What the menu adds to the button on which it stands. */
interface Trigger {
  ref?: RefObject<HTMLButtonElement | null>;
  onPress?: (event: Pressed) => void;
  onKeyDown?: (event: { key: string; preventDefault: () => void }) => void;
  'aria-haspopup'?: 'menu';
  'aria-expanded'?: boolean;
  'aria-controls'?: string;
}

/** A menu on a button: `trigger` is a Button or IconButton. */
export function Menu(
  props: MenuLook & {
    trigger: ReactElement<Trigger>;
    items?: MenuEntry[];
    groups?: MenuGroup[];
    onOpen?: () => void;
  },
) {
  const { trigger, items = [], groups = [{ items }], onOpen, ...look } = props;
  const button = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  const [first, setFirst] = useState<'first' | 'last' | true>(true);
  const opened = useOpened(open);
  const id = useId();
  const begin = (focus: 'first' | 'last' | true) => {
    onOpen?.();
    setFirst(focus);
    setOpen(true);
  };
  return (
    <>
      {cloneElement(trigger, {
        ref: button,
        onPress: ({ pointerType }) =>
          begin(pointerType === 'keyboard' || pointerType === 'virtual' ? 'first' : true),
        onKeyDown: (event) => {
          if (event.key === 'ArrowDown') begin('first');
          else if (event.key === 'ArrowUp') begin('last');
          else return;
          event.preventDefault();
        },
        'aria-haspopup': 'menu',
        'aria-expanded': open,
        'aria-controls': open ? id : undefined,
      })}
      {opened ? (
        <MenuLayer
          {...look}
          id={id}
          groups={groups}
          trigger={button}
          first={first}
          open={open}
          onOpen={setOpen}
        />
      ) : null}
    </>
  );
}
