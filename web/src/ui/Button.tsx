/** Buttons. One filled (`primary`, `go`, `danger`) a pane. */
import type { ReactNode } from 'react';
import {
  Button as AriaButton,
  type ButtonProps as AriaButtonProps,
} from 'react-aria-components/Button';
import { Link as AriaLink, type LinkProps as AriaLinkProps } from 'react-aria-components/Link';
import css from './Button.module.css';
import { Icon } from './Icon';
import { hinted } from './Tooltip';

type Kind = 'plain' | 'primary' | 'go' | 'danger' | 'ghost' | 'quiet';

interface Look {
  kind?: Kind;
  size?: 'xs' | 'm' | 'l';
  icon?: string;
  /** Takes the whole width. */
  wide?: boolean;
  children?: ReactNode;
  className?: string;
}

function look({ kind = 'plain', size = 'm', wide, className = '' }: Look): string {
  return `${css.button} ${css[kind]} ${css[size]} ${wide ? css.wide : ''} ${className}`;
}

function inside({ icon, children, size }: Look): ReactNode {
  return (
    <>
      {icon ? <Icon of={icon} size={size === 'xs' ? 14 : size === 'l' ? 20 : 16} /> : null}
      {children}
    </>
  );
}

export type ButtonProps = Look & Omit<AriaButtonProps, 'children' | 'className' | 'style'>;

export function Button({ kind, size, icon, wide, children, className, ...rest }: ButtonProps) {
  const shape = { kind, size, icon, wide, children, className };
  return (
    <AriaButton {...rest} className={look(shape)}>
      {inside(shape)}
    </AriaButton>
  );
}

export type LinkButtonProps = Look & Omit<AriaLinkProps, 'children' | 'className' | 'style'>;

export function LinkButton({
  kind,
  size,
  icon,
  wide,
  children,
  className,
  ...rest
}: LinkButtonProps) {
  const shape = { kind, size, icon, wide, children, className };
  return (
    <AriaLink {...rest} className={look(shape)}>
      {inside(shape)}
    </AriaLink>
  );
}

export interface IconButtonProps extends Omit<ButtonProps, 'icon' | 'children' | 'wide'> {
  icon: string;
  /** What it does: the accessible name and the tooltip. */
  label: string;
}

export function IconButton({ icon, label, kind = 'ghost', size = 'm', ...rest }: IconButtonProps) {
  const { className, ...others } = rest;
  return (
    <AriaButton
      {...others}
      {...hinted}
      aria-label={label}
      className={`${look({ kind, size, className })} ${css.square}`}
    >
      <Icon of={icon} size={size === 'xs' ? 16 : 20} />
    </AriaButton>
  );
}
