import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { answered, api } from '../../../api/client.ts';
import { nextStart, startQuery } from '../../../api/next-page.ts';
import { problemOfError } from '../../../api/problem.ts';
import { type Gathered, gatherMembers, type MemberPage, type Progress, patient } from './gather.ts';
import { type Customer, createRowWriter, type RowOptions } from './member-rows.ts';
import type { Channel } from './text.ts';

export interface ExportOrder extends Omit<RowOptions, 'revealed'> {
  readonly audienceId: string;
  readonly version: number;
  readonly channel: Channel;
  /** Why unmasked values are asked for; absent: they are not. */
  readonly reason: string | undefined;
}

export interface Exported {
  readonly gathered: Gathered;
  readonly file: Blob;
  readonly changedCount: number;
}

const pageSize = 1_000;

/** Gathers an export in the browser; it ends with the dialog. */
export function useExport() {
  const controller = useRef<AbortController>(null);
  const [progress, setProgress] = useState<Progress>();
  useEffect(() => () => controller.current?.abort(), []);
  const run = useMutation({
    mutationFn: async (order: ExportOrder) => {
      controller.current = new AbortController();
      setProgress(undefined);
      return await gatherFile(order, { signal: controller.current.signal, onProgress: setProgress });
    },
  });
  return { run, progress, stop: () => controller.current?.abort() };
}

interface Watching {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

async function gatherFile(order: ExportOrder, { signal, onProgress }: Watching): Promise<Exported> {
  const writer = createRowWriter({ ...order, revealed: order.reason !== undefined });
  // A blob a page: the browser may lay them down on the disk, a single text of a million rows would stay in memory.
  const parts: Blob[] = [new Blob([writer.head])];
  const gathered = await gatherMembers<Customer>({
    readPage: patient((start: string | undefined) => readPage(order, { start, signal }), { isPassing, wait }),
    take: (customers) => void parts.push(new Blob([writer.rows(customers)])),
    onProgress,
    signal,
  });
  const type = order.format === 'csv' ? 'text/csv;charset=utf-8' : 'application/x-ndjson';
  return { gathered, file: new Blob(parts, { type }), changedCount: writer.changedCount() };
}

async function readPage(
  { audienceId, version, channel, reason }: ExportOrder,
  { start, signal }: { start: string | undefined; signal: AbortSignal },
): Promise<MemberPage<Customer>> {
  const params = {
    path: { customerAudienceId: audienceId },
    query: { version, channel, limit: pageSize, ...startQuery(start) },
    ...(reason === undefined ? {} : { header: { 'reveal-reason': reason } }),
  };
  const path = '/service/customerAudiences/{customerAudienceId}/customers';
  const {
    items,
    count,
    withheldCount,
    heldBackCount = 0,
    nextPage_url,
  } = await answered(api.GET(path, { params, signal }));
  return { items, count, withheldCount, heldBackCount, next: nextStart(nextPage_url) };
}

/** The server is away, restarts, or asks to go slower. */
function isPassing(error: unknown): boolean {
  const { name, status } = problemOfError(error);
  return name === 'offline' || [429, 502, 503].includes(status);
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
