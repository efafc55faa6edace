/** What `overlays` draws, over react-aria: dear to load and to draw, and so in a script of its own. */
import type { Key } from 'react-aria-components';
import { Dialog as AriaDialog } from 'react-aria-components/Dialog';
import { Header } from 'react-aria-components/Header';
import { Heading } from 'react-aria-components/Heading';
import {
  Menu as AriaMenu,
  MenuItem as AriaMenuItem,
  MenuSection,
} from 'react-aria-components/Menu';
import { Modal, ModalOverlay } from 'react-aria-components/Modal';
import { Popover } from 'react-aria-components/Popover';
import { t } from '../locales/common';
import { IconButton } from './Button';
import { Icon } from './Icon';
import { iCheck, iX } from './icons';
import type { LayerProps, MenuEntry, MenuLayerProps, SurfaceProps } from './overlays';
import css from './overlays.module.css';

/** A layer with a title, its content, and buttons at the foot. */
export function Layer(props: LayerProps & { place: 'dialog' | 'drawer' | 'sheet' }) {
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

/** A layer that looks as its user says. */
export function Surface({ label, onClose, ground, panel, body, children }: SurfaceProps) {
  return (
    <ModalOverlay
      isOpen
      isDismissable
      onOpenChange={(open) => open || onClose()}
      className={ground ?? css.overlay}
    >
      <Modal className={panel}>
        <AriaDialog aria-label={label} className={body}>
          {children}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

/** The menu of a button, while it is open. */
export function MenuLayer(props: MenuLayerProps) {
  const { id, label, groups, head, trigger, first, placement, open, onOpen, onAction } = props;
  const off = groups.flatMap(({ items }) => items.filter((item) => item.disabled));
  return (
    <Popover
      trigger="MenuTrigger"
      triggerRef={trigger}
      placement={placement ?? 'bottom start'}
      isOpen={open}
      onOpenChange={onOpen}
      className={css.popover}
    >
      {head}
      <AriaMenu
        id={id}
        aria-label={label}
        autoFocus={first}
        className={css.menu}
        onAction={(key: Key) => onAction(String(key))}
        onClose={() => onOpen(false)}
        disabledKeys={off.map((item) => item.id)}
      >
        {groups.map((group) =>
          group.title ? (
            <MenuSection key={group.title}>
              <Header className={css.group}>{group.title}</Header>
              {group.items.map(entry)}
            </MenuSection>
          ) : (
            group.items.map(entry)
          ),
        )}
      </AriaMenu>
    </Popover>
  );
}

const entry = (item: MenuEntry) => (
  <AriaMenuItem
    key={item.id}
    id={item.id}
    textValue={item.text}
    className={`${css.item} ${item.danger ? css.danger : ''}`}
  >
    {item.mark ?? (item.icon ? <Icon of={item.icon} size={16} /> : null)}
    <span className={css.grow}>
      {item.text}
      {item.hint ? <span className={css.more}>{item.hint}</span> : null}
    </span>
    {item.keys ? <kbd className={css.keys}>{item.keys}</kbd> : null}
    {item.on ? <Icon of={iCheck} size={16} /> : null}
  </AriaMenuItem>
);
