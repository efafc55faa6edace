/** What lies above the page: dialog, drawer, bottom sheet, menu. `Esc` closes the top one and returns focus. */
import type { ReactElement, ReactNode } from 'react';
import type { Key } from 'react-aria-components';
import { Dialog as AriaDialog } from 'react-aria-components/Dialog';
import { Heading } from 'react-aria-components/Heading';
import {
  Menu as AriaMenu,
  MenuItem as AriaMenuItem,
  MenuTrigger,
} from 'react-aria-components/Menu';
import { Modal, ModalOverlay } from 'react-aria-components/Modal';
import { Popover } from 'react-aria-components/Popover';
import { t } from '../locales/common';
import { IconButton } from './Button';
import { Icon } from './Icon';
import { iX } from './icons';
import css from './overlays.module.css';

interface LayerProps {
  title: string;
  open: boolean;
  onClose: () => void;
  children: ReactNode;
  /** Buttons at the foot, the filled one last. */
  actions?: ReactNode;
  /** Off where a decision must be taken inside. */
  dismissable?: boolean;
}

function Layer(props: LayerProps & { place: 'dialog' | 'drawer' | 'sheet'; wide?: boolean }) {
  const { title, open, onClose, children, actions, dismissable = true, place, wide } = props;
  return (
    <ModalOverlay
      isOpen={open}
      onOpenChange={(next) => next || onClose()}
      isDismissable={dismissable}
      isKeyboardDismissDisabled={!dismissable}
      className={`${css.overlay} ${css[`${place}Ground`]}`}
    >
      <Modal className={`${css[place]} ${wide ? css.wide : ''}`}>
        <AriaDialog className={css.body}>
          <header className={css.head}>
            <Heading slot="title" className={css.title}>
              {title}
            </Heading>
            {dismissable ? <IconButton icon={iX} label={t('close')} onPress={onClose} /> : null}
          </header>
          <div className={css.content}>{children}</div>
          {actions ? <footer className={css.foot}>{actions}</footer> : null}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

/** A question or a small form in the middle of the page. */
export function Dialog(props: LayerProps & { wide?: boolean }) {
  return <Layer {...props} place="dialog" />;
}

/** A panel from the right edge. */
export function Drawer(props: LayerProps) {
  return <Layer {...props} place="drawer" />;
}

/** A panel from the lower edge: phones. */
export function Sheet(props: LayerProps) {
  return <Layer {...props} place="sheet" />;
}

export interface MenuEntry {
  id: string;
  text: string;
  icon?: string;
  keys?: string;
  danger?: boolean;
  disabled?: boolean;
}

/** A menu on a button: `trigger` is a Button or IconButton. */
export function Menu(props: {
  trigger: ReactElement;
  label: string;
  items: MenuEntry[];
  onAction: (id: string) => void;
}) {
  return (
    <MenuTrigger>
      {props.trigger}
      <Popover className={css.popover}>
        <AriaMenu
          aria-label={props.label}
          className={css.menu}
          onAction={(key: Key) => props.onAction(String(key))}
          disabledKeys={props.items.filter((item) => item.disabled).map((item) => item.id)}
        >
          {props.items.map((item) => (
            <AriaMenuItem
              key={item.id}
              id={item.id}
              textValue={item.text}
              className={`${css.item} ${item.danger ? css.danger : ''}`}
            >
              {item.icon ? <Icon of={item.icon} size={16} /> : null}
              <span className={css.grow}>{item.text}</span>
              {item.keys ? <kbd className={css.keys}>{item.keys}</kbd> : null}
            </AriaMenuItem>
          ))}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  );
}
