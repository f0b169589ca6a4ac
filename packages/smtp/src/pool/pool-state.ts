/** What a pool holds at a moment. */
export interface PoolState {
  /** Connections that are ready for mail, idle ones included. */
  readonly connections: number;
  /** Those of them that nobody uses. */
  readonly idle: number;
  /** Connections in the making. */
  readonly opening: number;
  /** Messages that wait for a connection. */
  readonly waiting: number;
  /** Messages that were begun and are not answered. */
  readonly underWay: number;
}
