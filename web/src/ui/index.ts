/** The design system. Applications import from here; the widget imports the parts without react-aria one by one. */
export { Avatar, type AvatarProps } from './Avatar';
export { Button, type ButtonProps, IconButton, LinkButton } from './Button';
export { Badge, Chip, Code, Dot, LevelBadge, Mid, Parts, type Tone } from './bits';
export { type Action, CommandPalette } from './CommandPalette';
export { type Column, DataTable, type Sorting } from './DataTable';
export { Checkbox, FileDrop, type Option, SearchField, Select, Switch, TextField } from './Fields';
export { Bar, CapacityMeter, KpiTile, type Part, Ring, Sparkline } from './figures';
export { Icon, Mark } from './Icon';
export { Dialog, Drawer, Menu, type MenuEntry, Sheet } from './overlays';
export { Pager } from './Pager';
export { ErrorState, Loading, PageState } from './PageState';
export { Link, match, navigate, routeBelow, usePath, useQuery } from './router';
export { StatusPill } from './StatusPill';
export { Segmented, Tabs } from './Tabs';
export { Toasts, toast } from './Toast';
export { Hint } from './Tooltip';
