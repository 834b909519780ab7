/** All in seconds. Tests shorten them. */
export interface JobTiming {
  /** How long a job waits for its worker, unless `wake` was called. pg-boss wants at least 0.5. */
  readonly pollSeconds: number;
  /** A running job says this often, twice, that it is alive. pg-boss wants at least 10. */
  readonly heartbeatSeconds: number;
  /** How often missed heartbeats are looked for. */
  readonly superviseSeconds: number;
  /** No handler may run longer. */
  readonly expireSeconds: number;
  /** Pause before the first retry; it doubles up to a minute. */
  readonly retrySeconds: number;
}

/** The job of a killed process is retried after at most heartbeat + supervise + poll = 32 s. */
export const jobTiming: JobTiming = {
  pollSeconds: 2,
  heartbeatSeconds: 20,
  superviseSeconds: 10,
  expireSeconds: 3_600,
  retrySeconds: 1,
};

/** A job that fails this often has a defect that one more run does not cure; it stays as failed for a day. */
export const retriesMax = 8;
const retryPauseMaxSeconds = 60;
const keptSeconds = 86_400;

export function queueOptions(timing: JobTiming) {
  return {
    heartbeatSeconds: timing.heartbeatSeconds,
    expireInSeconds: timing.expireSeconds,
    retryLimit: retriesMax,
    retryBackoff: timing.retrySeconds > 0,
    retryDelay: timing.retrySeconds,
    ...(timing.retrySeconds > 0 ? { retryDelayMax: retryPauseMaxSeconds } : {}),
    deleteAfterSeconds: keptSeconds,
  };
}
