# CPython again, moved from an AArch64 home; an odd number of moves, so that what is left of
# a test runs on the other node.
. "$here/recipes/python3.sh"
nodes=aarch64,x86_64 limit=401

suite_python() {
    case ${POPCORN_RUN:-}/$1 in
    ?*/test_multiprocessing_fork | ?*/test_multiprocessing_forkserver) return 77 ;;
    ?*/test_venv) set -- "$1" --ignore '*test_multiprocessing_recursion' ;; # it would wait for ever
    esac
    suite_python_file "$@"
}

# The home is QEMU's user mode, which starts no thread in a forked child of a program
# that has threads; and what it emulates is slower than these tests expect.
case=test.test_concurrent_futures
moved_exceptions+="
$case.ProcessPoolForkProcessPoolExecutorTest.test_ressources_gced_in_workers       a thread in a forked child
$case.ProcessPoolForkserverProcessPoolExecutorTest.test_ressources_gced_in_workers the same
$case.ProcessPoolForkFailingInitializerTest.test_initializer                       the same
$case.ProcessPoolForkserverFailingInitializerTest.test_initializer                 the same
$case.ProcessPoolSpawnProcessPoolExecutorTest.test_map_timeout                     five seconds for a child to start
$case.ProcessPoolSpawnWaitTest.test_timeout                                        the same
$case.ThreadPoolShutdownTest.test_cancel_futures_wait_false                        a thread runs before the next call
test.test_multiprocessing_spawn.WithProcessesTestSharedMemory.test_shared_memory_SharedMemoryManager_reuses_resource_tracker a thread in a forked child
test.test_multiprocessing_fork.*       a thread in a forked child, all over
test.test_threading.ThreadJoinOnShutdown.test_2_join_in_forked_process     the same
test.test_threading.ThreadJoinOnShutdown.test_3_join_in_forked_from_thread the same
test.test_faulthandler.FaultHandlerTests.test_enable_file qemu says itself that the program died
test.test_faulthandler.FaultHandlerTests.test_enable_fd   the same
test.test_socket.RecvmsgRFC3542Ancillary*     control messages that are cut short: as under qemu without a move
test.test_socket.RecvmsgIntoRFC3542Ancillary* the same
test.test_socket.RecvmsgSCMRightsStreamTest.testCmsgTrunc*     the same
test.test_socket.RecvmsgIntoSCMRightsStreamTest.testCmsgTrunc* the same
test.test_venv.BasicTest.test_multiprocessing_recursion   a thread in a forked child
test.test_multiprocessing_forkserver.* a thread in a forked child, all over
"
