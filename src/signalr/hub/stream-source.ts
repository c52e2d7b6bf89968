/** Observes the items of an observable. */
export interface StreamObserver {
  next(item: unknown): void;
  error(error: unknown): void;
  complete(): void;
}

/** What `subscribe` may return: an RxJS subscription, a SignalR one, or a function that ends it. */
export type StreamSubscription = Unsubscribable | Disposable | (() => void);

interface Unsubscribable {
  unsubscribe(): void;
}

interface Disposable {
  dispose(): void;
}

/** An observable, of RxJS or of any other kind. */
export interface StreamObservable {
  /** Returns the subscription, if there is a way to end it. */
  subscribe(observer: StreamObserver): unknown;
}

/** What a stream method may return. */
export type StreamSource = AsyncIterable<unknown> | Iterable<unknown> | StreamObservable;

/** An iterator whose results may or may not be promises. */
export type ItemIterator = AsyncIterator<unknown> | Iterator<unknown>;

/** The iterator of a source, or the source itself if it is an observable; `undefined` when it is neither. */
export function openSource(source: unknown): ItemIterator | StreamObservable | undefined {
  if (typeof source === 'object' && source !== null) {
    if (Symbol.asyncIterator in source) return (source as AsyncIterable<unknown>)[Symbol.asyncIterator]();
    if (Symbol.iterator in source) return (source as Iterable<unknown>)[Symbol.iterator]();
    if ('subscribe' in source && typeof source.subscribe === 'function') return source as StreamObservable;
  }
  return undefined;
}

/** Ends a subscription of any kind. */
export function unsubscribe(subscription: unknown): void {
  if (typeof subscription === 'function') (subscription as () => void)();
  else if (typeof subscription !== 'object' || subscription === null) return;
  else if ('unsubscribe' in subscription) (subscription as Unsubscribable).unsubscribe();
  else if ('dispose' in subscription) (subscription as Disposable).dispose();
}
