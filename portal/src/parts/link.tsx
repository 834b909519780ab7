import {
  Anchor,
  type AnchorProps,
  Button,
  type ButtonProps,
  Menu,
  type MenuItemProps,
  NavLink,
  type NavLinkProps,
} from '@mantine/core';
import { createLink } from '@tanstack/react-router';
import { type AnchorHTMLAttributes, forwardRef } from 'react';

type Rest<Props> = Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof Props>;

const PlainLink = forwardRef<HTMLAnchorElement, AnchorProps & Rest<AnchorProps>>((props, ref) => (
  <Anchor ref={ref} {...props} />
));
const PlainButton = forwardRef<HTMLAnchorElement, ButtonProps & Rest<ButtonProps>>((props, ref) => (
  <Button component="a" ref={ref} {...props} />
));

const PlainSection = forwardRef<HTMLAnchorElement, NavLinkProps & Rest<NavLinkProps>>((props, ref) => (
  <NavLink component="a" ref={ref} {...props} />
));

const PlainItem = forwardRef<HTMLAnchorElement, MenuItemProps & Rest<MenuItemProps>>((props, ref) => (
  <Menu.Item component="a" ref={ref} {...props} />
));

/** Leads to another view of the portal. */
export const Link = createLink(PlainLink);

/** The same, where it is the thing to do. */
export const ButtonLink = createLink(PlainButton);

/** The same as an entry of a menu. */
export const MenuLink = createLink(PlainItem);

/** An entry of the navigation: marked while its view, or one below it, is shown. */
export const SectionLink = createLink(PlainSection);
