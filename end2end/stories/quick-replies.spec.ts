import { QuickReplies, shownPictures } from '../pages/quick-replies.ts'
import { agent } from '../support/members.ts'
import { expect, test } from '../support/stories.ts'

const TABLE = [
  '快捷编码,快捷短语,分组,图片',
  'zl,"您好，尺码表在图里",尺码,size.png',
  'hh,七天内可以换货,售后,',
  'HH,重复的一条,售后,',
  'kong,,,',
].join('\r\n')

test('quick replies stand under their categories, are edited offline, removed and brought back', async ({
  desk,
  network,
}) => {
  const replies = new QuickReplies(desk.page, desk.origin)
  await desk.start(agent)
  await desk.readyForOffline()
  await replies.write({ shortcut: 'xiexie', text: '谢谢亲的支持', category: '结束语' })
  await network.cut()
  await replies.write({ shortcut: 'kuaidi', text: '亲，{快递公司}已揽收', category: '物流' })
  await replies.open()
  await replies.mine()
  await expect(replies.categories.filter({ hasText: '物流' })).toHaveCount(1)
  await expect(replies.categories.filter({ hasText: '结束语' })).toHaveCount(1)

  await replies.row('kuaidi').click()
  await replies.text.fill('亲，{快递公司}已揽收，{随便}问我')
  await expect(desk.page.locator('.warned')).toContainText('随便')
  await desk.page.reload()
  await expect(replies.text).toHaveValue(/随便/)
  await replies.save.click()
  await replies.mine()
  await expect(replies.row('kuaidi')).toContainText('随便')

  await replies.row('xiexie').click()
  await desk.page.locator('.reply-form').getByRole('button', { name: '删除' }).click()
  await expect(replies.row('xiexie')).toHaveCount(0)
  await desk.page.getByRole('button', { name: '撤销' }).click()
  await expect(replies.row('xiexie')).toHaveCount(1)

  await network.restore()
  await expect(desk.banner).toBeHidden()
  await desk.open('/desk/me')
  await expect(desk.page.locator('.held-row')).toHaveCount(0)
})

test('a table of another desk is imported with its picture; a second run changes nothing', async ({ desk, network }) => {
  const replies = new QuickReplies(desk.page, desk.origin)
  await desk.start(agent)
  await desk.readyForOffline()
  const size = await desk.page.screenshot()
  await network.cut()

  await replies.offer(TABLE, { 'size.png': size })
  await expect(replies.importFound).toContainText('新增 2 条')
  await expect(replies.importLeft).toContainText('第 3 行重复')
  await expect(replies.importLeft).toContainText('没有内容')
  await desk.page.getByTestId('import-take').click()
  await expect(desk.page.getByText('已导入 2 条短语')).toBeVisible()

  await replies.open()
  await expect(shownPictures(replies.row('zl'))).toHaveCount(1)
  await replies.offer(TABLE, { 'size.png': size })
  await expect(replies.importFound).toContainText('新增 0 条，内容不同 0 条，已经有了 2 条')
  await expect(desk.page.getByTestId('import-take')).toBeDisabled()

  await network.restore()
  await expect(desk.banner).toBeHidden()
  await replies.offer(TABLE)
  await expect(replies.importFound).toContainText('新增 0 条，内容不同 0 条，已经有了 2 条')
})
