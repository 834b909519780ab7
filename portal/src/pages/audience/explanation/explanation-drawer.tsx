import { Badge, Drawer, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { type Audience, answered, api, type Schemas } from '../../../api/client.ts';
import { useMay } from '../../../app/session.tsx';
import { LoadingState, ProblemState } from '../../../parts/states.tsx';
import { formatMoment } from '../../../text/en.ts';
import { customerName } from '../members/customer-name.ts';
import { CriteriaOutcomes } from './criteria-outcomes.tsx';
import { text } from './text.ts';

/** Why a customer is in it, or is not: beside whatever is shown, with an address of its own. */
export function ExplanationDrawer({ audience }: { audience: Audience }) {
  const { customer } = useSearch({ from: '/audiences/$audienceId' });
  const navigate = useNavigate({ from: '/audiences/$audienceId' });
  const close = () => void navigate({ search: ({ customer: _closed, ...before }) => before, resetScroll: false });
  return (
    <Drawer opened={customer !== undefined} onClose={close} position="right" title={text.title} size={480}>
      {customer !== undefined && <Explanation audience={audience} customer={customer} />}
    </Drawer>
  );
}

function Explanation({ audience, customer }: { audience: Audience; customer: string }) {
  const { data, error, refetch } = useQuery({
    queryKey: ['audience', audience.id, 'explanation', customer],
    queryFn: async ({ signal }) => {
      const params = { path: { customerAudienceId: audience.id, customerId: customer } };
      const path = '/service/customerAudiences/{customerAudienceId}/customers/{customerId}/explanation';
      return await answered(api.GET(path, { params, signal }));
    },
  });
  return (
    <Stack>
      <Who customer={customer} />
      {error !== null && <ProblemState error={error} retry={refetch} />}
      {data === undefined && error === null && <LoadingState />}
      {data !== undefined && <Membership explanation={data} />}
      {data?.filters !== undefined && (
        <CriteriaOutcomes filters={audience.filters ?? []} outcomes={data.filters} isMember={data.member} />
      )}
    </Stack>
  );
}

/** Their name, for whoever may read customers; nobody needs it to ask why. */
function Who({ customer }: { customer: string }) {
  const may = useMay();
  const { data } = useQuery({
    queryKey: ['customer', customer],
    enabled: may('readCustomers'),
    queryFn: async ({ signal }) =>
      answered(api.GET('/service/customers/{customerId}', { params: { path: { customerId: customer } }, signal })),
  });
  return (
    <div>
      {data !== undefined && (
        <Text fw={600} size="lg">
          {customerName(data)}
        </Text>
      )}
      <Text size="sm" className="quiet">
        {data !== undefined && `${data.coreCustomerId} · `}
        {text.customer(customer)}
      </Text>
    </div>
  );
}

function Membership({ explanation }: { explanation: Schemas['customerAudienceExplanation'] }) {
  const { member, sinceVersion, sinceAt, leftVersion, leftAt, import: importId, recordNumber } = explanation;
  const isFromFilters = explanation.filters !== undefined;
  return (
    <Stack gap="xs">
      <Group>
        <Badge variant={member ? 'filled' : 'default'} size="lg" tt="none">
          {member ? text.member : text.notMember}
        </Badge>
      </Group>
      {sinceVersion !== undefined && sinceAt !== undefined && (
        <Text size="sm">{text.since(sinceVersion, formatMoment(sinceAt))}</Text>
      )}
      {importId !== undefined && <FromList importId={importId} recordNumber={recordNumber} />}
      {leftVersion !== undefined && leftAt !== undefined && (
        <Text size="sm">{text.left(leftVersion, formatMoment(leftAt))}</Text>
      )}
      {!member && leftVersion === undefined && !isFromFilters && <Text size="sm">{text.never}</Text>}
    </Stack>
  );
}

/** The list by its name, where the person may see that import. */
function FromList({ importId, recordNumber }: { importId: string; recordNumber: number | undefined }) {
  const { data } = useQuery({
    queryKey: ['import', importId],
    queryFn: async ({ signal }) =>
      answered(api.GET('/service/customerAudienceImports/{importId}', { params: { path: { importId } }, signal })),
  });
  if (recordNumber !== undefined) return <Text size="sm">{text.line(recordNumber, data?.fileName)}</Text>;
  return data === undefined ? null : <Text size="sm">{text.list(data.fileName)}</Text>;
}
