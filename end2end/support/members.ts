/** The accounts of the demo shop. */
export interface Account {
  readonly number: string
  readonly password: string
}

export const agent: Account = { number: '1001', password: 'demo-1001' }
export const colleague: Account = { number: '1002', password: 'demo-1002' }
export const supervisor: Account = { number: '2001', password: 'demo-2001' }
export const editor: Account = { number: '3001', password: 'demo-3001' }
