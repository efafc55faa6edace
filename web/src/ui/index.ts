/**
 * The design system: what every first screen of the staff applications needs. The larger parts (tables, forms, choices,
 * palette) are imported one by one, and so load with the places that use them; the widget takes all parts one by one.
 */
export { Avatar } from './Avatar';
export { Button, IconButton, LinkButton } from './Button';
export { Badge, Chip, Code, LevelBadge, Mid, Parts } from './bits';
export { Ring } from './figures';
export { Icon, Mark } from './Icon';
export { Dialog, Drawer, Menu, type MenuEntry, Sheet, Surface } from './overlays';
export { Coming, ErrorState, Loading, PageState } from './PageState';
export { here, Link, match, navigate, routeBelow, useHere, usePath, useQuery } from './router';
export { SearchField } from './SearchField';
export { Segmented } from './Segmented';
export { StatusPill } from './StatusPill';
export { Toasts, toast } from './Toast';
