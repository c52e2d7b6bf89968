/** What is told of an observable's items. */
export interface StreamObserver {
  next(item: unknown): void;
  error(error: unknown): void;
  complete(): void;
}

/** What ends a subscription: an RxJS subscription, a SignalR one, or a function. */
export type StreamSubscription = Unsubscribable | Disposable | (() => void);

interface Unsubscribable {
  unsubscribe(): void;
}

interface Disposable {
  dispose(): void;
}

/** An observable, of RxJS or of any other kind. */
export interface StreamObservable {
  /** Returns what ends the subscription, if anything does. */
  subscribe(observer: StreamObserver): unknown;
}

/** What a stream can be made of. */
export type StreamSource = AsyncIterable<unknown> | Iterable<unknown> | StreamObservable;

/** An iterator that may or may not answer with promises. */
export type ItemIterator = AsyncIterator<unknown> | Iterator<unknown>;

/** What a source turned out to be. @throws TypeError when it is none. */
export function openSource(source: unknown): ItemIterator | StreamObservable {
  if (typeof source === 'object' && source !== null) {
    if (Symbol.asyncIterator in source) return (source as AsyncIterable<unknown>)[Symbol.asyncIterator]();
    if (Symbol.iterator in source) return (source as Iterable<unknown>)[Symbol.iterator]();
    if ('subscribe' in source && typeof source.subscribe === 'function') return source as StreamObservable;
  }
  throw new TypeError('the method has returned neither an iterable nor an observable');
}

/** Ends a subscription, whatever it looks like. */
export function unsubscribe(subscription: unknown): void {
  if (typeof subscription === 'function') (subscription as () => void)();
  else if (typeof subscription !== 'object' || subscription === null) return;
  else if ('unsubscribe' in subscription) (subscription as Unsubscribable).unsubscribe();
  else if ('dispose' in subscription) (subscription as Disposable).dispose();
}
