import {
  ActionIcon,
  AppShell,
  Avatar,
  Burger,
  Group,
  Menu,
  Select,
  Stack,
  Text,
  UnstyledButton,
  useComputedColorScheme,
  useMantineColorScheme,
  VisuallyHidden,
} from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import {
  IconAdjustmentsHorizontal,
  IconFileImport,
  IconHelp,
  IconLogout,
  IconMoon,
  IconSettings,
  IconSun,
  IconTemplate,
  IconUser,
  IconUsersGroup,
} from '@tabler/icons-react';
import { Outlet, useRouterState, useSearch } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { baseAddress } from '../api/client.ts';
import { OperationsLinks } from '../pages/operations/operations-links.tsx';
import { SectionLink } from '../parts/link.tsx';
import mark from '../rollcall.svg';
import { text } from '../text/en.ts';
import { ConnectionBar } from './connection-bar.tsx';
import { chooseInstitution, signOut, useMay, useSession } from './session.tsx';

/** The frame around every view: sections, who is signed in and for whom, and the view itself. */
export function Shell() {
  const [isOpen, { toggle, close }] = useDisclosure(false);
  useFocusOnView(close);
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 232, breakpoint: 'sm', collapsed: { mobile: !isOpen } }}
      padding={{ base: 'md', md: 'xl' }}
    >
      <a className="skip" href="#content">
        {text.skip}
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="xs" wrap="nowrap">
            <Burger opened={isOpen} onClick={toggle} hiddenFrom="sm" size="sm" aria-label={text.navigation.label} />
            <img src={mark} width={28} height={28} alt="" />
            <Text fw={650} size="lg">
              {text.product}
            </Text>
          </Group>
          <Group gap="xs" wrap="nowrap">
            <Institution />
            <SchemeSwitch />
            <AccountMenu />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="sm" style={{ overflowY: 'auto' }} aria-label={text.navigation.label}>
        <Sections />
      </AppShell.Navbar>
      <AppShell.Main id="content">
        <Outlet />
      </AppShell.Main>
      <ConnectionBar />
    </AppShell>
  );
}

/** After a change of the view a screen reader begins at its heading, and the menu of a phone closes. */
function useFocusOnView(closeMenu: () => void): void {
  const path = useRouterState({ select: (state) => state.resolvedLocation?.pathname });
  const shown = useRef<string>(undefined);
  useEffect(() => {
    const [before, now] = [shown.current, path];
    shown.current = now;
    // The first view takes nothing from whoever has begun to type in it.
    if (now === undefined || before === undefined || before === now) return;
    closeMenu();
    document.getElementById('page-title')?.focus({ preventScroll: true });
  }, [path, closeMenu]);
}

function Sections() {
  const may = useMay();
  // A list or criteria that change an audience belong to the audiences, not to what makes a new one.
  const isOfAudience = useSearch({ strict: false, select: ({ audience }) => audience !== undefined });
  const ofAudience = isOfAudience ? ({ 'aria-current': 'page' } as const) : {};
  const makesNew = { activeOptions: { exact: isOfAudience } };
  const icon = { size: 18, stroke: 1.7, 'aria-hidden': true } as const;
  return (
    <Stack gap={4}>
      <SectionLink
        to="/audiences"
        label={text.navigation.audiences}
        leftSection={<IconUsersGroup {...icon} />}
        {...ofAudience}
      />
      {may('importLists') && (
        <SectionLink
          to="/import"
          {...makesNew}
          label={text.navigation.import}
          leftSection={<IconFileImport {...icon} />}
        />
      )}
      {may('editAudiences') && (
        <SectionLink
          to="/build"
          {...makesNew}
          label={text.navigation.build}
          leftSection={<IconAdjustmentsHorizontal {...icon} />}
        />
      )}
      {may('editAudiences') && (
        <SectionLink to="/templates" label={text.navigation.templates} leftSection={<IconTemplate {...icon} />} />
      )}
      <OperationsLinks icon={<IconSettings {...icon} />} />
      <SectionLink to="/help" label={text.navigation.help} leftSection={<IconHelp {...icon} />} />
    </Stack>
  );
}

function Institution() {
  const { institution, institutions } = useSession();
  if (institutions.length < 2) {
    return (
      <Text size="sm" className="quiet" visibleFrom="xs">
        {institution.name}
      </Text>
    );
  }
  return (
    <Select
      size="xs"
      aria-label={text.session.institution}
      allowDeselect={false}
      data={institutions.map(({ id, name }) => ({ value: id, label: name }))}
      value={institution.id}
      onChange={(id) => id !== null && void chooseInstitution(id)}
    />
  );
}

function SchemeSwitch() {
  const { setColorScheme } = useMantineColorScheme();
  const isDark = useComputedColorScheme('light') === 'dark';
  const label = isDark ? text.session.theme.light : text.session.theme.dark;
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="lg"
      aria-label={label}
      onClick={() => setColorScheme(isDark ? 'light' : 'dark')}
    >
      {isDark ? <IconSun size={18} aria-hidden /> : <IconMoon size={18} aria-hidden />}
    </ActionIcon>
  );
}

function AccountMenu() {
  const { person, roles } = useSession();
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <UnstyledButton>
          <VisuallyHidden>{text.session.menu(person.name)}</VisuallyHidden>
          <Avatar radius="xl" size={32} name={person.name} color="ocean" aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {person.name}
          <br />
          {roles.join(', ')}
        </Menu.Label>
        <Menu.Item component="a" href={`${baseAddress}/account`} leftSection={<IconUser size={16} aria-hidden />}>
          {text.session.account}
        </Menu.Item>
        <Menu.Item
          leftSection={<IconLogout size={16} aria-hidden />}
          onClick={() => void signOut({ everywhere: false })}
        >
          {text.session.signOut}
        </Menu.Item>
        <Menu.Item onClick={() => void signOut({ everywhere: true })}>{text.session.signOutEverywhere}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
